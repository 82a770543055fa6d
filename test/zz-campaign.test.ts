import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createKeyvalue } from '/work/main/src/keyvalue/index.js';
import { openStore } from '/work/main/src/store/lmdb/open-store.js';
import { program } from '/work/main/test/support/child-program.js';
const use = program('file:///work/main/test/store/damage.test.ts', 'use-damaged');
const P=4096;
async function build(path: string, n=300) {
  const store = (await openStore(path,'write'))!; const kv = createKeyvalue(store);
  const set=(b:any,k:string,v:Buffer)=>{const o=kv.types.OutgoingValue.newOutgoingValue(); o.outgoingValueWriteBodySync(v); kv.eventual.set(b,k,o); o[Symbol.dispose]();};
  const b = kv.buckets.create('test'), c=kv.buckets.create('other');
  store.transaction(()=>{ for(let i=0;i<n;i++) set(b,'key '+i,Buffer.alloc(i%200,'x')); });
  set(b,'large',Buffer.alloc(70000,'L')); set(c,'large2',Buffer.alloc(90000,'M')); set(b,'mid',Buffer.alloc(9000,'m'));
  for(let i=0;i<20;i++) kv.eventual.delete(b,'key '+i*3);
  kv.eventual.delete(c,'large2');
  set(c,'x',Buffer.alloc(10));
  await store.close();
}
test('campaign', async () => {
  const dir = mkdtempSync('/dev/shm/camp-');
  try {
  await build(join(dir,'healthy'), Number(process.env.N ?? 300));
  const data = readFileSync(join(dir,'healthy/data.mdb'));
  console.log('pages', data.length/P);
  const kinds = (process.env.KINDS ?? 'trunc,zero,meta,garbage').split(',');
  const jobs: [string, Buffer][] = [];
  const mut=(name:string, f:(b:Buffer)=>Buffer|void)=>{ const c=Buffer.from(data); jobs.push([name, f(c) as Buffer ?? c]); };
  if (kinds.includes('trunc')) { for(let p=0;p<data.length/P;p++) mut('trunc '+p, b=>b.subarray(0,p*P)); for(let i=0;i<100;i++){const o=Math.floor(Math.random()*data.length); mut('truncat '+o,b=>b.subarray(0,o));} }
  if (kinds.includes('zero')) for(let p=0;p<data.length/P;p++) { mut('zero '+p, b=>{b.fill(0,p*P,p*P+P)}); mut('ff '+p, b=>{b.fill(0xff,p*P,p*P+P)}); mut('rand '+p, b=>{for(let i=0;i<P;i++) b[p*P+i]=Math.random()*256}); mut('halfrand '+p, b=>{for(let i=2048;i<P;i++) b[p*P+i]=Math.random()*256}); mut('swap '+p, b=>{const q=(p+1)%(data.length/P); const t=Buffer.from(b.subarray(p*P,p*P+P)); b.copy(b,p*P,q*P,q*P+P); t.copy(b,q*P);}); }
  if (kinds.includes('garbage')) for(const n of [1,10,24,50,100,300,1000,2048,4000,4096,5000,8192,12288,20000]) for (let k=0;k<5;k++) mut('garbage '+n, b=>{for(let i=0;i<n;i++) b[i]=Math.random()*256});
  if (kinds.includes('meta')) for(const base of [0,P,2048]) for(let o=base===2048?0:0;o<180;o++) for(let bit=0;bit<8;bit++) mut(`flip ${base}+${o}.${bit}`, b=>{b[base+o]!^=1<<bit});
  if (kinds.includes('bits')) { for (let p=2;p<data.length/P;p++) for(let k=0;k<Number(process.env.BITS??60);k++){ const o=k<30?Math.floor(Math.random()*100):Math.floor(Math.random()*P), bit=Math.floor(Math.random()*8); mut(`bit ${p}+${o}.${bit} flags ${data.readUInt16LE(p*P+18)} pg ${data.readBigUInt64LE(p*P)}`, b=>{b[p*P+o]!^=1<<bit}); } }
  const outcomes: Record<string, string[]> = {};
  const note=(k:string,n:string)=>(outcomes[k]??=[]).push(n);
  const B=400;
  for (let start=0; start<jobs.length; start+=B) {
    const batch = jobs.slice(start,start+B);
    const paths = batch.map(([,b],i)=>{const p=join(dir,'b'+i); rmSync(p,{recursive:true,force:true}); mkdirSync(p,{mode:0o700}); writeFileSync(join(p,'data.mdb'),b); return p;});
    writeFileSync(join(dir,'list.json'), JSON.stringify(paths));
    let at=0;
    while(at<batch.length){
      const child = use([join(dir,'list.json'), String(at)]);
      try {
        for(;at<batch.length;at++){
          await child.message();
          const timer=setTimeout(()=>{note('HANG',batch[at]![0]); child.kill()},15000);
          try { const r = await child.message() as any; note(`${r.read} / ${r.write}`, batch[at]![0]); } finally { clearTimeout(timer) }
        }
      } catch(e:any){ const m=/"signal":"(\w+)"/.exec(e.message)?.[1] ?? e.message; note('DIED '+m, batch[at]![0]); at++; }
      await child.kill();
    }
  }
  for (const [k,v] of Object.entries(outcomes)) console.log(k, v.length, v.slice(0,Number(process.env.SHOW??8)).join(' | '));
  } finally { rmSync(dir,{recursive:true}) }
}, 1e8);

/** What the formats are made of, so that garbage gets further into them than any bytes would. */
export const pieces: Readonly<Record<string, readonly string[]>> = {
  ndjson: [
    '{"key":"a","value":"1"}',
    '{"key":"',
    '","value":"',
    '"}',
    '"base64":true',
    '\\u',
    'd8',
  ],
  json: ['[', ']', '{', '}', ',', ':', '{"key":"a","value":"1"}', '"key"', '"value"', 'null', '"'],
  csv: ['key,value\n', 'key,value,base64\n', 'a,1\n', '"', '""', ',', 'true', '"x\ny"', '\r\n'],
  tsv: ['key\tvalue\n', 'a\t1\n', '"', '""', '\t', '\r\n'],
  mdb: [
    'VERSION=3\n',
    'format=print\n',
    'HEADER=END\n',
    'DATA=END\n',
    ' 61\n',
    ' \\',
    'type=btree\n',
  ],
};

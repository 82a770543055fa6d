/** Pictures of cost against size: SVG that is readable on a light page and on a dark one. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { shortSize } from './report.js';

const WIDTH = 760;
const HEIGHT = 440;

/** Pixels at the right for the names of the lines. */
const NAMES_WIDTH = 190;

/** Pixels between two names. */
const NAME_HEIGHT = 14;

/** Colours that stand out on white and on black; limits and peers are dashed. */
const COLOURS = ['#2f81f7', '#3fb950', '#e5534b', '#bc7cff', '#d29922', '#1fb6c1', '#8b949e'];

const STYLE = `
  svg { color: #1f2328; background: none; font: 11px system-ui, sans-serif; }
  @media (prefers-color-scheme: dark) { svg { color: #e6edf3; } }
`;

/** The text of an SVG file for a curve of a report. */
export function pictureOf({ title, sizes, steps, lines }) {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const points = lines.flatMap(({ line, points: all }) =>
    all.map(([size, seconds]) => ({ line, size, seconds })),
  );
  const isOurs = ({ line }) => line.startsWith('kv ');
  const names = lines.map(({ line }) => line);
  const colourOf = (line) => COLOURS[names.indexOf(line) % COLOURS.length];
  const channels = { x: 'size', y: 'seconds', z: 'line' };
  const stroke = ({ line }) => colourOf(line);
  const plot = Plot.plot({
    document,
    width: WIDTH,
    height: HEIGHT,
    marginTop: 40,
    marginLeft: 60,
    marginRight: NAMES_WIDTH,
    x: { type: 'log', label: sizes, ticks: steps, tickFormat: shortSize(sizes) },
    y: { type: 'log', label: null, grid: true, tickFormat: (seconds) => String(+seconds) },
    marks: [
      Plot.line(points.filter(isOurs), { ...channels, stroke, strokeWidth: 2 }),
      Plot.line(
        points.filter((point) => !isOurs(point)),
        { ...channels, stroke, strokeDasharray: '5 3' },
      ),
      Plot.dot(points, { ...channels, fill: stroke, r: 2.5 }),
    ],
  });
  const ends = lines.map(({ line, points: all }) => ({ line, end: all.at(-1) }));
  nameLines(document, plot, ends, colourOf);
  plot.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const heading = textAt(document, `${title}, seconds`, { x: 8, y: 18 });
  heading.setAttribute('font-weight', 'bold');
  plot.append(heading);
  const style = document.createElementNS('http://www.w3.org/2000/svg', 'style');
  style.textContent = STYLE;
  plot.prepend(style);
  return `${plot.outerHTML}\n`;
}

/** The names beside the ends of their lines, moved apart where they would overlap. */
function nameLines(document, plot, ends, colourOf) {
  const y = plot.scale('y');
  const x = plot.scale('x');
  const placed = ends
    .map(({ line, end: [size, seconds] }) => ({ line, x: x.apply(size) + 8, y: y.apply(seconds) }))
    .sort((one, other) => one.y - other.y);
  const right = WIDTH - NAMES_WIDTH + 8;
  for (const [index, { line, y: wanted }] of placed.entries()) {
    const above = placed[index - 1];
    const place = { x: right, y: above ? Math.max(wanted, above.y + NAME_HEIGHT) : wanted };
    placed[index].y = place.y;
    const name = textAt(document, line, { x: place.x, y: place.y + 4 });
    name.setAttribute('fill', colourOf(line));
    plot.append(name);
  }
}

function textAt(document, content, { x, y }) {
  const text = document.createElementNS('http://www.w3.org/2000/svg', 'text');
  text.setAttribute('x', x);
  text.setAttribute('y', y);
  text.setAttribute('text-anchor', 'start');
  text.textContent = content;
  return text;
}

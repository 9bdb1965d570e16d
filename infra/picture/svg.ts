/** A rectangle, in units of the picture. */
export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The width of a letter as part of its size, on average, in the fonts of a system; for what must fit. */
const LETTER = 0.56;
const PADDING = 12;
const LINE = 17;

type Style = 'title' | 'line' | 'label';
const SIZES: Readonly<Record<Style, number>> = { title: 14, line: 12, label: 11.5 };

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A line of text that begins at this place. Throws Error where it would not fit: a picture is looked at, not scrolled. */
function textAt(x: number, y: number, text: string, style: Style, room: number): string {
  const width = text.length * SIZES[style] * LETTER;
  if (width > room) throw new Error(`"${text}" needs ${Math.ceil(width)} units, and has ${room}`);
  return `<text class="${style}" x="${x}" y="${y}">${escaped(text)}</text>`;
}

/** A box with a heading, and a line for each of these. Throws Error where they do not fit into it. */
export function box(area: Area, kind: string, title: string, lines: readonly string[] = []): string {
  const { x, y, width, height } = area;
  const needed = 26 + lines.length * LINE + (lines.length > 0 ? 8 : 2);
  if (needed > height) throw new Error(`${title} needs ${needed} units of height, and has ${height}`);
  const room = width - 2 * PADDING;
  return [
    `<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>`,
    textAt(x + PADDING, y + 22, title, 'title', room),
    ...lines.map((line, at) => textAt(x + PADDING, y + 22 + (at + 1) * LINE, line, 'line', room)),
  ].join('\n');
}

/** A straight line with a head at its end, and what is said beside it; places are written `x,y`. */
interface Way {
  from: string;
  to: string;
  label: string;
  at: string;
}

export function arrow({ from, to, label, at }: Way): string {
  const [x = 0, y = 0] = at.split(',').map(Number);
  return [
    `<path class="arrow" d="M${from} L${to}" marker-end="url(#head)"/>`,
    textAt(x, y, label, 'label', 100),
  ].join('\n');
}

const CSS = `
text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: #1c2733 }
.title { font-size: 14px; font-weight: 600 }
.line { font-size: 12px }
.label { font-size: 11.5px; fill: #46566a }
.page { fill: #ffffff; stroke: #c9d3de }
.world { fill: #f1f4f8; stroke: #8a99ab }
.app { fill: #e9f1fb; stroke: #2f6fb2; stroke-width: 1.5 }
.part { fill: #ffffff; stroke: #6f9fd0 }
.secret { fill: #e6f4ea; stroke: #3c8a54 }
.arrow { fill: none; stroke: #46566a; stroke-width: 1.4 }
.head { fill: #46566a }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .label { fill: #adbac7 }
  .page { fill: #10161d; stroke: #36424f }
  .world { fill: #1d2630; stroke: #6b7c8f }
  .app { fill: #14273b; stroke: #5a9bd8 }
  .part { fill: #1d2630; stroke: #47719b }
  .secret { fill: #14301f; stroke: #4fa56b }
  .arrow { stroke: #adbac7 }
  .head { fill: #adbac7 }
}`;

/** The whole picture. `title` is what somebody hears who does not see it. */
export function picture(width: number, height: number, title: string, shapes: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title">
<title id="title">${escaped(title)}</title>
<style>${CSS}
</style>
<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path class="head" d="M0 0 L8 4 L0 8 z"/></marker></defs>
<rect class="page" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10"/>
${shapes.join('\n')}
</svg>
`;
}

import type { Parts, Trigger } from './parts.ts';
import { arrow, box, picture } from './svg.ts';

const WIDTH = 1000;
const TOP = 92;
const ROW = 58;
const STORAGE = 132;

/** What wakes a function, in the words of people. */
function wokenBy({ kind, queue }: Trigger): string {
  if (kind === 'storageQueue') return `queue ${queue ?? ''}`;
  return { eventGrid: 'Event Grid', timer: 'a timer', http: 'HTTP' }[kind] ?? kind;
}

const APP = { x: 250, y: 30, width: 470 };
const INSIDE = APP.x + 20;

const rowsOf = ({ triggers }: Parts): number => Math.ceil(triggers.length / 2);
/** Where tables and queues begin: below the functions, however many there are. */
const storageTop = (parts: Parts): number => TOP + rowsOf(parts) * ROW + 22;
const bottomOf = (parts: Parts): number => storageTop(parts) + STORAGE + 18;

const KINDS = ['eventGrid', 'storageQueue', 'timer'];

/** First what brings events and what follows from them, last what only answers. */
function byKind(triggers: readonly Trigger[]): Trigger[] {
  const rank = ({ kind }: Trigger): number => (KINDS.indexOf(kind) + KINDS.length + 1) % (KINDS.length + 1);
  return triggers.toSorted((a, b) => rank(a) - rank(b));
}

/** The functions, in two columns. */
function functionsOf(parts: Parts): string[] {
  const rows = rowsOf(parts);
  return byKind(parts.triggers).map((trigger, at) => {
    const [x, y] = [INSIDE + Math.floor(at / rows) * 220, TOP + (at % rows) * ROW];
    const area = { x, y, width: 210, height: ROW - 6 };
    return box(area, 'part', trigger.name, [`woken by ${wokenBy(trigger)}`]);
  });
}

function storageOf(parts: Parts): string[] {
  const { queues, tables } = parts;
  const [y, height] = [storageTop(parts), STORAGE];
  return [
    box({ x: INSIDE, y, width: 210, height }, 'part', 'Queues', [...queues, 'and a -poison of each']),
    box({ x: INSIDE + 220, y, width: 210, height }, 'part', 'Tables', tables),
  ];
}

const CLUSTERS = ['weu-1', 'neu-1', '…'];

function clusters(): string[] {
  return CLUSTERS.flatMap((name, at) => {
    const y = 92 + at * 150;
    return [
      box({ x: 790, y, width: 190, height: 130 }, 'world', `cluster ${name}`, [
        'namespace app-1 accepts',
        'app-1--',
      ]),
      box({ x: 806, y: y + 76, width: 158, height: 42 }, 'secret', 'Secret app-1/pg'),
      arrow({
        from: `${APP.x + APP.width},${y + 96}`,
        to: `804,${y + 96}`,
        label: 'writes',
        at: `730,${y + 90}`,
      }),
    ];
  });
}

function world(): string[] {
  return [
    box({ x: 20, y: 92, width: 170, height: 62 }, 'world', 'Key Vault', ['app-1--pg--password']),
    box({ x: 20, y: 226, width: 170, height: 62 }, 'world', 'Event Grid', ['a secret has changed']),
    box({ x: 20, y: 360, width: 170, height: 62 }, 'world', 'registry/ in Git', ['Clusters and Routes']),
    box({ x: 20, y: 484, width: 170, height: 79 }, 'world', 'The command', [
      'vaultcast, for people',
      'and pipelines',
    ]),
  ];
}

/** Straight lines between the world on the left and the app, with what is said beside each. */
const WAYS = [
  { from: '250,122', to: '192,122', label: 'reads', at: '198,116' },
  { from: '105,154', to: '105,224', label: 'one event', at: '111,194' },
  { from: '190,257', to: '248,257', label: 'wakes', at: '198,251' },
  { from: '105,422', to: '105,482', label: 'apply', at: '111,456' },
  { from: '190,510', to: '248,510', label: 'writes', at: '198,504' },
  { from: '250,540', to: '192,540', label: 'tells', at: '198,555' },
];

/** The architecture as an SVG: the parts of this tree, and the world around them. */
export function draw(parts: Parts): string {
  const title =
    'An event of Key Vault wakes a function of the app; it reads the latest version and writes it into the Secrets of every cluster whose namespace accepts it. What fails waits in queues; routes, clusters and what became of each target are rows of tables.';
  const bottom = bottomOf(parts);
  return picture(WIDTH, bottom + 20, title, [
    ...world(),
    box({ ...APP, height: bottom - APP.y }, 'app', 'vaultcast: a function app and its storage', [
      'one managed identity; nothing runs in the clusters',
    ]),
    ...functionsOf(parts),
    ...storageOf(parts),
    ...clusters(),
    ...WAYS.map(arrow),
  ]);
}

/** A family of metrics: all are gauges, read from the tables when they are asked for. */
interface Family {
  /** The last word of its name, when it has one. */
  unit?: 'seconds';
  labels: readonly string[];
  help: string;
}

/**
 * Everything that `/api/metrics` gives, by name. No label holds the name of a secret, a namespace or a target: those are many,
 * and not everybody's who may see a board. A metric of which nothing is known is absent. Names and labels stay; some may come.
 */
export const METRICS = {
  vaultcast_build_info: {
    labels: ['version', 'commit'],
    help: 'The build that answers; always 1.',
  },
  vaultcast_cluster_paused: {
    labels: ['cluster'],
    help: 'Whether a registered cluster is paused: 1 or 0. Every registered cluster has this one.',
  },
  vaultcast_targets: {
    labels: ['cluster', 'state', 'code'],
    help: 'Targets by state, and by the code that says why; synced has no code. As of the newest run that looked at the cluster.',
  },
  vaultcast_oldest_failing_target_age_seconds: {
    unit: 'seconds',
    labels: ['cluster'],
    help: 'For how long the target has failed that fails the longest; 0 when none fails. As of the newest run, aged since.',
  },
  vaultcast_next_expiry_timestamp_seconds: {
    unit: 'seconds',
    labels: ['cluster'],
    help: 'When the first version that stands in the cluster expires, of those that had not when the newest run looked.',
  },
  vaultcast_last_run_timestamp_seconds: {
    unit: 'seconds',
    labels: ['cluster'],
    help: 'When the newest run ended that looked at the cluster, whether it saw everything or not.',
  },
  vaultcast_last_complete_run_timestamp_seconds: {
    unit: 'seconds',
    labels: ['cluster'],
    help: 'When the newest run ended that saw everything it had to.',
  },
  vaultcast_cluster_consecutive_failures: {
    labels: ['cluster'],
    help: 'How often the cluster failed in a row; from 3 on it is in back-off. 0 while it answers.',
  },
  vaultcast_cluster_next_try_timestamp_seconds: {
    unit: 'seconds',
    labels: ['cluster'],
    help: 'When a cluster in back-off is tried next.',
  },
  vaultcast_problems: {
    labels: ['about', 'code', 'cluster'],
    help: 'Problems that have no target, by what they are about; the cluster where they are of one.',
  },
  vaultcast_queue_messages: {
    labels: ['queue'],
    help: 'About how many messages are in the queue, those that wait for their time included.',
  },
  vaultcast_queue_oldest_message_age_seconds: {
    unit: 'seconds',
    labels: ['queue'],
    help: 'Since when the oldest message that could be taken now is in the queue; 0 when there is none.',
  },
} as const satisfies Record<string, Family>;

type MetricName = keyof typeof METRICS;

type LabelsOf<N extends MetricName> = Readonly<
  Partial<Record<(typeof METRICS)[N]['labels'][number], string | undefined>>
>;

/** One value; a label that is empty or absent is not written, which Prometheus takes for the same. */
interface Sample {
  name: MetricName;
  labels: Readonly<Record<string, string | undefined>>;
  value: number;
}

/** A sample whose labels the compiler knows. */
export function sample<N extends MetricName>(name: N, labels: LabelsOf<N>, value: number): Sample {
  return { name, labels, value };
}

/** https://prometheus.io/docs/specs/om/open_metrics_spec/ */
export const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** The text of OpenMetrics: family by family, each with its help, and the end that tells a whole answer from a cut one. */
export function openMetrics(samples: readonly Sample[]): string {
  const byName = Map.groupBy(samples, ({ name }) => name);
  const families = [...byName].flatMap(([name, own]) => [...headOf(name), ...own.map(lineOf)]);
  return [...families, '# EOF', ''].join('\n');
}

function headOf(name: MetricName): string[] {
  const { help, unit }: Family = METRICS[name];
  const unitLine = unit === undefined ? [] : [`# UNIT ${name} ${unit}`];
  return [`# TYPE ${name} gauge`, ...unitLine, `# HELP ${name} ${help}`];
}

function lineOf({ name, labels, value }: Sample): string {
  const known = Object.entries(labels).flatMap(([label, text]) =>
    text === undefined || text === '' ? [] : [`${label}="${escaped(text)}"`],
  );
  return `${name}${known.length === 0 ? '' : `{${known.join(',')}}`} ${value}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

import type { JSX } from 'preact';
import type { Views } from '../../views.ts';
import { usePolled } from '../poll.ts';
import { Command } from '../parts/command.tsx';
import { Heading } from '../parts/heading.tsx';
import { Empty, Reading } from '../parts/notice.tsx';
import { Outcomes, Progress } from '../parts/run.tsx';
import { State } from '../parts/state.tsx';
import { When } from '../parts/when.tsx';
import { link } from '../router.ts';
import { many, shellWord } from '../words.ts';

/** So many clusters are shown; what runs or went wrong is among them. */
const CLUSTERS = 50;

/** One run, cluster by cluster. */
export function RunPage({ name }: { name: string }): JSX.Element {
  const { data, failure } = usePolled('run', { name, limit: CLUSTERS });
  return (
    <>
      <Heading title={`Run ${name}`}>
        {data !== undefined && <span class="dim">{many(data.metadata.total, 'cluster')}</span>}
      </Heading>
      <Reading data={data} failure={failure} />
      {data?.items.length === 0 && <Empty>No such run: of each cluster the last fifty are kept.</Empty>}
      <ul class="list">
        {data?.items.map((run) => (
          <Item key={run.metadata.cluster ?? ''} run={run} />
        ))}
      </ul>
      {data !== undefined && data.metadata.total > CLUSTERS && (
        <Command line={`vaultcast get runs ${shellWord(name, 'RUN')}`} />
      )}
    </>
  );
}

function Item({ run: { metadata, spec, status } }: { run: Views['run']['items'][number] }): JSX.Element {
  const { cluster } = metadata;
  const { state, targets, outcomes, startedAt, findings = [] } = status;
  const found = findings.map(({ level, step, message, fix }) =>
    [`${level} ${step}: ${message}`, fix].filter((text) => text !== undefined).join(' → '),
  );
  const lines = [...(status.lines ?? []), ...found];
  return (
    <li class="item run">
      <h2>{cluster === undefined ? spec.command : <a href={link('cluster', cluster)}>{cluster}</a>}</h2>
      <State state={state} />
      <p class="dim">
        <When at={startedAt} />
      </p>
      {state === 'running' && <Progress {...targets} />}
      <Outcomes counts={outcomes} />
      {lines.length > 0 && (
        <ul class="lines">
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </li>
  );
}

import type { JSX } from 'preact';
import type { Views } from '../../views.ts';
import { usePolled } from '../poll.ts';
import { Heading } from '../parts/heading.tsx';
import { Empty, Reading } from '../parts/notice.tsx';
import { Outcomes, Progress } from '../parts/run.tsx';
import { Counts } from '../parts/state.tsx';
import { When } from '../parts/when.tsx';
import { link } from '../router.ts';
import { tookText } from '../words.ts';

/** What the app did of itself and on people's orders, the newest first. */
export function RunsPage(): JSX.Element {
  const { data, failure } = usePolled('runs');
  return (
    <>
      <Heading title="Runs" />
      <Reading data={data} failure={failure} />
      {data?.items.length === 0 && <Empty>No run yet: the timer starts one.</Empty>}
      <ol class="list">
        {data?.items.map((run) => (
          <Item key={run.name} run={run} />
        ))}
      </ol>
    </>
  );
}

function Item({ run }: { run: Views['runs']['items'][number] }): JSX.Element {
  const { name, command, route, author, startedAt, finishedAt, clusters, targets, outcomes } = run;
  const title = route === undefined ? command : `${command} of route ${route}`;
  return (
    <li class="item run">
      <h2>
        <a href={link('run', name)} aria-label={`${title}, ${name}`}>
          {title}
        </a>
      </h2>
      <Counts counts={clusters} />
      <p class="dim">
        <span class="code">{name}</span> <When at={startedAt} />
        {finishedAt === undefined
          ? ', still running'
          : `, took ${tookText(Date.parse(finishedAt) - Date.parse(startedAt))}`}
        {author === undefined ? '' : `, asked for by ${author} (claimed)`}
      </p>
      {finishedAt === undefined && <Progress {...targets} />}
      <Outcomes counts={outcomes} />
    </li>
  );
}

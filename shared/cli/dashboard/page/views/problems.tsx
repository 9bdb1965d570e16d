import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Views } from '../../views.ts';
import { usePolled } from '../poll.ts';
import { Command } from '../parts/command.tsx';
import { Heading } from '../parts/heading.tsx';
import { Empty, Reading } from '../parts/notice.tsx';
import { RunbookEntry } from '../parts/runbook.tsx';
import { State } from '../parts/state.tsx';
import { When } from '../parts/when.tsx';
import { targetsLink } from '../router.ts';
import { many } from '../words.ts';
import { Acknowledge } from './acknowledge.tsx';

type ProblemGroup = Views['problems']['items'][number];

interface Props {
  canAcknowledge: boolean;
}

/** What is wrong anywhere, by its cause; the newest cause first. */
export function ProblemsPage({ canAcknowledge }: Props): JSX.Element {
  const { data, failure, again } = usePolled('problems');
  return (
    <>
      <Heading title="Problems">
        {data !== undefined && <span class="dim">{many(data.metadata.total, 'problem')}</span>}
      </Heading>
      <Reading data={data} failure={failure} />
      {data?.items.length === 0 && <Empty>Nothing is wrong anywhere.</Empty>}
      {data?.items.map((group) => (
        <Group key={group.reason} group={group} canAcknowledge={canAcknowledge} again={again} />
      ))}
    </>
  );
}

const SHOWN = 5;

function Group({ group, canAcknowledge, again }: Props & { group: ProblemGroup; again: () => void }) {
  const { reason, meaning, total, help, items } = group;
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? items : items.slice(0, SHOWN);
  const list = useRef<HTMLUListElement>(null);
  // The button goes, and the keyboard would be nowhere.
  const showAll = (): void => {
    setWhole(true);
    list.current?.focus();
  };
  return (
    <section class="problem" aria-labelledby={`reason-${reason}`}>
      <header>
        <h2 id={`reason-${reason}`}>{sentence(meaning)}</h2>
        <span class="code">{reason}</span>
      </header>
      <GroupFacts group={group} />
      {help.slice(0, SHOWN).map((line) => (
        <Command key={line} line={line} />
      ))}
      <RunbookEntry code={reason} />
      <ul class="list" ref={list} tabIndex={-1} aria-label="Where">
        {shown.map((problem) => (
          <Item key={problem.metadata.name} problem={problem} canAcknowledge={canAcknowledge} again={again} />
        ))}
      </ul>
      <p class="more">
        {items.length > shown.length && (
          <button type="button" class="small" onClick={showAll}>
            Show {items.length - shown.length} more
          </button>
        )}
        {total > items.length && <a href={targetsLink({ reason })}>All targets with {reason}</a>}
      </p>
    </section>
  );
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function GroupFacts({
  group: { total, newest, oldest, clusters, named, acknowledged },
}: {
  group: ProblemGroup;
}) {
  const where = named.length > 0 ? named.join(', ') : many(clusters, 'cluster');
  return (
    <p class="dim">
      {total === 1 ? 'once' : `${total.toLocaleString('en')} times`}
      {clusters > 0 && ` in ${where}`}
      {newest !== undefined && (
        <>
          , the last one <When at={newest} />
        </>
      )}
      {oldest !== undefined && oldest !== newest && (
        <>
          , the first one <When at={oldest} />
        </>
      )}
      {acknowledged > 0 && `; ${acknowledged} acknowledged`}
    </p>
  );
}

function Item({
  problem,
  canAcknowledge,
  again,
}: Props & { problem: ProblemGroup['items'][number]; again: () => void }) {
  const { state, message, nextRetry, acknowledged, since } = problem.status;
  return (
    <li class={`item item-${state}`}>
      <h3>{subjectOf(problem)}</h3>
      <State state={state} />
      <p>{message}</p>
      <p class="dim">
        {since !== undefined && (
          <>
            since <When at={since} />
          </>
        )}
        {nextRetry !== undefined && (
          <>
            , the next try is <When at={nextRetry} />
          </>
        )}
      </p>
      {acknowledged !== undefined && (
        <p>
          {acknowledged.by} knows of it since <When at={acknowledged.at} />
          {acknowledged.reason === undefined ? '' : `: ${acknowledged.reason}`}
        </p>
      )}
      {canAcknowledge && since !== undefined && acknowledged === undefined && (
        <Acknowledge name={problem.metadata.name} subject={subjectOf(problem)} again={again} />
      )}
    </li>
  );
}

/** What it is about, as the command names it. */
function subjectOf({ spec }: ProblemGroup['items'][number]): string {
  const { about, cluster, namespace, name, route, vault, secret } = spec;
  const names =
    about === 'target' ? [cluster, namespace, name] : [vault, secret, cluster, namespace, route, name];
  const known = names.filter((word) => word !== undefined).join(' / ');
  return about === 'target' ? known : `${about} ${known}`;
}

import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Views } from '../../views.ts';
import { Heading } from '../parts/heading.tsx';
import { Paged } from '../parts/paged.tsx';
import { rankOf, State } from '../parts/state.tsx';
import { When } from '../parts/when.tsx';
import { link, useWord } from '../router.ts';
import { many } from '../words.ts';

const HEIGHT = { wide: 60, narrow: 132 };
const COLUMNS = ['Secret', 'State', 'What is known', 'Delivered'];

type Filter = Readonly<Record<string, string>>;

/** All targets that a link asks for. */
export function TargetsPage({ query }: { query: Filter }): JSX.Element {
  const { q: _q, only: _only, ...asked } = query;
  const said = Object.entries(asked).map(([key, value]) => `${key} ${value}`);
  return (
    <>
      <Heading title={said.length === 0 ? 'Targets' : `Targets: ${said.join(', ')}`} />
      <TargetList query={asked} />
    </>
  );
}

/** A list of targets with what they can be filtered by. */
export function TargetList({ query }: { query: Filter }): JSX.Element {
  const [word, setState] = useWord('only');
  const state = word === '' ? undefined : word;
  const [text, setText] = useWord('q');
  const [counts, setCounts] = useState<Readonly<Record<string, number>>>({});
  const asked = { ...query, q: text, ...(state === undefined ? {} : { state }) };
  return (
    <>
      <div class="filters">
        <States counts={counts} chosen={state} choose={(next) => setState(next ?? '')} />
        <input
          type="search"
          aria-label="Only targets whose name has"
          placeholder="Namespace or name"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </div>
      <Paged
        name="targets"
        query={asked}
        label="Targets"
        columns={COLUMNS}
        height={HEIGHT}
        cells={cellsOf}
        empty="No such target: nothing was delivered or refused there yet."
        onAnswer={(metadata) => setCounts(metadata.counts)}
      />
    </>
  );
}

interface StatesProps {
  counts: Readonly<Record<string, number>>;
  chosen: string | undefined;
  choose: (state: string | undefined) => void;
}

function States({ counts, chosen, choose }: StatesProps): JSX.Element {
  // What was chosen can be given up, though nothing is in that state any more.
  const states = [...new Set([...Object.keys(counts), ...(chosen === undefined ? [] : [chosen])])].toSorted(
    (a, b) => rankOf(a) - rankOf(b),
  );
  return (
    <div class="chips" role="group" aria-label="Only targets that are">
      {states.map((state) => (
        <button
          key={state}
          type="button"
          aria-pressed={chosen === state}
          onClick={() => choose(chosen === state ? undefined : state)}
        >
          <State state={state} count={counts[state] ?? 0} />
        </button>
      ))}
    </div>
  );
}

function cellsOf({
  metadata,
  spec,
  status,
}: Views['targets']['items'][number]): readonly ComponentChildren[] {
  const { cluster, namespace, name } = metadata;
  const [source, ...more] = status.sources;
  const title = `${cluster} / ${namespace} / ${name}`;
  const place =
    source === undefined || spec.vault === undefined ? (
      <span>{title}</span>
    ) : (
      <a href={link('secret', spec.vault, source.name)}>{title}</a>
    );
  const others = more.length === 0 ? '' : ` and ${many(more.length, 'more secret')}`;
  return [
    <span class="two" key="place">
      {place}
      <span class="dim">{source === undefined ? spec.route : `from ${source.name}${others}`}</span>
    </span>,
    <State key="state" state={status.state} />,
    <span class="two" key="known">
      <span class="code">{status.state === 'synced' ? '' : status.reason}</span>
      <span class="dim" title={status.message}>
        {status.message}
      </span>
    </span>,
    <When key="when" at={status.deliveredAt} none={status.stands === 'no' ? 'nothing stands' : ''} />,
  ];
}

import type { ComponentChildren, JSX } from 'preact';
import type { Views } from '../../views.ts';
import { Heading } from '../parts/heading.tsx';
import { Paged } from '../parts/paged.tsx';
import { Counts } from '../parts/state.tsx';
import { When } from '../parts/when.tsx';
import { link, useWord } from '../router.ts';

const HEIGHT = { wide: 48, narrow: 88 };
const COLUMNS = ['Secret', 'Vault', 'Targets', 'Delivered'];

/** Every secret that was ever delivered or refused, found by a part of its name. */
export function SecretsPage(): JSX.Element {
  const [text, setText] = useWord('q');
  return (
    <>
      <Heading title="Secrets" />
      <div class="filters">
        <input
          type="search"
          aria-label="Only secrets whose name has"
          placeholder="A part of its name"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        <Unlisted text={text} />
      </div>
      <Paged
        name="secrets"
        query={{ q: text }}
        label="Secrets"
        columns={COLUMNS}
        height={HEIGHT}
        cells={cellsOf}
        empty="No target speaks of such a secret."
      />
    </>
  );
}

/** What no row speaks of has a page as well: it says why it goes nowhere. */
function Unlisted({ text }: { text: string }): JSX.Element | null {
  const [, vault, name] = /^\s*([a-z0-9-]+)\/([0-9a-z-]+)\s*$/i.exec(text) ?? [];
  if (vault === undefined || name === undefined)
    return <span class="dim">VAULT/NAME looks at one that is not listed.</span>;
  return <a href={link('secret', vault, name)}>Look at {`${vault}/${name}`}</a>;
}

function cellsOf({
  vault,
  name,
  counts,
  deliveredAt,
}: Views['secrets']['items'][number]): readonly ComponentChildren[] {
  return [
    <a key="name" href={link('secret', vault, name)}>
      {name}
    </a>,
    <span key="vault" class="dim">
      {vault}
    </span>,
    <Counts key="counts" counts={counts} />,
    <When key="when" at={deliveredAt} />,
  ];
}

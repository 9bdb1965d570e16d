import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Views } from '../views.ts';
import { post } from './api.ts';

/** Buttons of the local stack, where people play at being owners of secrets and clusters. */
export function Actions({ offers }: { offers: Views['session']['actions'] }): JSX.Element {
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState('');
  const act = async (id: string): Promise<void> => {
    setBusy(id);
    try {
      setSaid((await post<{ message: string }>(`actions/${id}`, {})).message);
    } catch (error) {
      setSaid(error instanceof Error ? error.message : String(error));
    }
    setBusy('');
  };
  return (
    <section class="actions" aria-label="Try it out">
      <strong>This stack runs on your machine.</strong>
      <span class="buttons">
        {offers.map(({ id, label }) => (
          <button key={id} type="button" disabled={busy === id} onClick={() => void act(id)}>
            {label}
          </button>
        ))}
      </span>
      <span role="status">{said}</span>
    </section>
  );
}

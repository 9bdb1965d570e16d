import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { post } from '../api.ts';
import { Failure } from '../parts/notice.tsx';

interface Props {
  /** Of the problem. */
  name: string;
  subject: string;
  again: () => void;
}

/** Tells the app that somebody knows of a problem; the row says so once the app has written it. */
export function Acknowledge({ name, subject, again }: Props): JSX.Element {
  const [reason, setReason] = useState<string>();
  const [state, setState] = useState<'open' | 'sent'>('open');
  const [failure, setFailure] = useState<string>();
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      await post('acknowledge', { problem: name, reason: reason ?? '' });
      setState('sent');
      again();
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
  };
  if (state === 'sent') return <p role="status">The app was told; it writes it down in a moment.</p>;
  if (reason === undefined)
    return (
      <button type="button" class="small" onClick={() => setReason('')} aria-label={`Acknowledge ${subject}`}>
        Acknowledge
      </button>
    );
  return (
    <form class="acknowledge" onSubmit={(event) => void send(event)}>
      <label>
        Why, for those who see it{' '}
        <input
          maxLength={500}
          value={reason}
          onInput={({ currentTarget }) => setReason(currentTarget.value)}
        />
      </label>
      <button type="submit" class="small">
        I know of it
      </button>
      <Failure text={failure} />
    </form>
  );
}

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { post } from '../api.ts';
import { Failure } from '../parts/notice.tsx';

interface Props {
  /** Of the problem. */
  name: string;
  subject: string;
  again: () => void;
}

type Step = 'offered' | 'open' | 'sent';

/** Tells the app that somebody knows of a problem; the row says so once the app has written it. */
export function Acknowledge({ name, subject, again }: Props): JSX.Element {
  const [step, setStep] = useState<Step>('offered');
  const place = useFocusOf(step);
  if (step === 'sent')
    return (
      <p ref={place} role="status" tabIndex={-1}>
        The app was told; it writes it down in a moment.
      </p>
    );
  if (step === 'offered')
    return (
      <button
        ref={place}
        type="button"
        class="small"
        onClick={() => setStep('open')}
        aria-label={`Acknowledge ${subject}`}
      >
        Acknowledge
      </button>
    );
  const onSent = (): void => {
    setStep('sent');
    again();
  };
  return <Form name={name} place={place} onSent={onSent} onLeft={() => setStep('offered')} />;
}

/** The keyboard stays where the person was: each step takes the place of the one before. */
function useFocusOf(step: Step) {
  const place = useRef<HTMLElement & HTMLInputElement & HTMLButtonElement>(null);
  const last = useRef(step);
  useEffect(() => {
    if (last.current !== step) place.current?.focus();
    last.current = step;
  }, [step]);
  return place;
}

interface FormProps {
  name: string;
  place: { current: HTMLInputElement | null };
  onSent: () => void;
  onLeft: () => void;
}

function Form({ name, place, onSent, onLeft }: FormProps): JSX.Element {
  const [reason, setReason] = useState('');
  const [failure, setFailure] = useState<string>();
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      await post('acknowledge', { problem: name, reason });
      onSent();
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <form
      class="acknowledge"
      onSubmit={(event) => void send(event)}
      onKeyDown={({ key }) => key === 'Escape' && onLeft()}
    >
      <label>
        Why, for those who see it{' '}
        <input
          ref={place}
          maxLength={500}
          value={reason}
          onInput={({ currentTarget }) => setReason(currentTarget.value)}
        />
      </label>
      <button type="submit" class="small">
        I know of it
      </button>
      <button type="button" class="small" onClick={onLeft}>
        Cancel
      </button>
      <Failure text={failure} />
    </form>
  );
}

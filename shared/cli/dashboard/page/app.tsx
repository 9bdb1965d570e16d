import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Views } from '../views.ts';
import { view } from './api.ts';
import { Frame } from './frame.tsx';
import { Failure } from './parts/notice.tsx';
import { usePlace } from './router.ts';
import { ClusterPage } from './views/cluster.tsx';
import { ExpiryPage } from './views/expiry.tsx';
import { FleetPage } from './views/fleet.tsx';
import { ProblemsPage } from './views/problems.tsx';
import { RoutesPage } from './views/routes.tsx';
import { RunPage } from './views/run.tsx';
import { RunsPage } from './views/runs.tsx';
import { SecretPage } from './views/secret.tsx';
import { SecretsPage } from './views/secrets.tsx';
import { TargetsPage } from './views/targets.tsx';

export function App(): JSX.Element {
  const { view: name, words, query } = usePlace();
  const { session, failure } = useSession();
  return (
    <Frame view={name} session={session}>
      <Failure text={failure} />
      {pageOf(name)(words, query, session)}
    </Frame>
  );
}

type Session = Views['session'];
/** Of the words after its name in the address, and the query there. */
type Page = (words: readonly string[], query: URLSearchParams, session: Session | undefined) => JSX.Element;

const PAGES: Readonly<Record<string, Page>> = {
  fleet: () => <FleetPage />,
  cluster: ([name = '']) => <ClusterPage key={name} name={name} />,
  targets: (_, query) => <TargetsPage query={Object.fromEntries(query)} />,
  secrets: () => <SecretsPage />,
  secret: ([vault = '', name = '']) => <SecretPage key={`${vault}/${name}`} vault={vault} name={name} />,
  problems: (_, __, session) => <ProblemsPage canAcknowledge={session?.canAcknowledge ?? false} />,
  runs: () => <RunsPage />,
  run: ([name = '']) => <RunPage key={name} name={name} />,
  expiry: () => <ExpiryPage />,
  routes: () => <RoutesPage />,
};

/** An address that somebody typed shows the fleet. */
function pageOf(name: string): Page {
  const page = Object.hasOwn(PAGES, name) ? PAGES[name] : undefined;
  return page ?? (() => <FleetPage />);
}

function useSession(): { session: Session | undefined; failure: string | undefined } {
  const [session, setSession] = useState<Session>();
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    view('session', {}, new AbortController().signal).then(setSession, (error: unknown) =>
      setFailure(String(error)),
    );
  }, []);
  return { session, failure };
}

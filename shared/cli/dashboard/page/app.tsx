import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Views } from '../views.ts';
import { view } from './api.ts';
import { Frame } from './frame.tsx';
import { Failure } from './parts/notice.tsx';
import { type Place, usePlace } from './router.ts';
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
  const place = usePlace();
  const { session, failure } = useSession();
  return (
    <Frame place={place} session={session}>
      <Failure text={failure} />
      {pageOf(place, session)}
    </Frame>
  );
}

type Session = Views['session'];
type Page = (place: Place, session: Session | undefined) => JSX.Element;

const PAGES: Readonly<Record<string, Page>> = {
  fleet: () => <FleetPage />,
  cluster: ({ words: [name = ''] }) => <ClusterPage key={name} name={name} />,
  targets: ({ query }) => <TargetsPage query={Object.fromEntries(query)} />,
  secrets: () => <SecretsPage />,
  secret: ({ words: [vault = '', name = ''] }) => (
    <SecretPage key={`${vault}/${name}`} vault={vault} name={name} />
  ),
  problems: (_, session) => <ProblemsPage canAcknowledge={session?.canAcknowledge ?? false} />,
  runs: () => <RunsPage />,
  run: ({ words: [name = ''] }) => <RunPage key={name} name={name} />,
  expiry: () => <ExpiryPage />,
  routes: () => <RoutesPage />,
};

/** An address that somebody typed shows the fleet. */
function pageOf(place: Place, session: Session | undefined): JSX.Element {
  const page = Object.hasOwn(PAGES, place.view) ? PAGES[place.view] : undefined;
  return page === undefined ? <FleetPage /> : page(place, session);
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

import type { Cluster } from '../registry/document.ts';
import type { Inspection } from './inspection.ts';
import { fixOf, storeAgain, storedSecret } from './fix.ts';
import { fail, ok, warn } from './verdict.ts';
import type { Verdict } from './verdict.ts';

const DAY_MS = 24 * 3600 * 1000;
const SOON_MS = 14 * DAY_MS;
const MINUTE_MS = 60_000;

const date = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

function expiring(step: string, what: string, at: number | undefined, now: number, fix: string): Verdict {
  if (at === undefined) return ok(step, what);
  if (at < now) return fail(step, `${what}, expired on ${date(at)}`, fix);
  const found = `${what}, valid until ${date(at)}`;
  return at - now < SOON_MS && !what.startsWith('token of ') ? warn(step, found, fix) : ok(step, found);
}

function credentialVerdict({ credential }: Inspection, cluster: Cluster, now: number): Verdict[] {
  if (credential === undefined) return [];
  const { kind, expires } = credential;
  const secret = storedSecret(cluster);
  // Tokens of the identity live for hours and renew themselves.
  if (secret === undefined) return [expiring('credential', `token of ${kind}`, expires, now, '')];
  return [expiring('credential', kind, expires, now, storeAgain(secret, cluster))];
}

function clockVerdict({ clockSkewMs: skew }: Inspection): Verdict[] {
  if (skew === undefined) return [];
  const seconds = Math.round(Math.abs(skew) / 1000);
  const found = `the server's clock is ${seconds} s ${skew < 0 ? 'behind' : 'ahead'}`;
  const fix = 'set the clock of the control plane: timedatectl set-ntp true on its nodes';
  if (Math.abs(skew) > 5 * MINUTE_MS) return [fail('clock', `${found}: tokens are refused`, fix)];
  return [Math.abs(skew) > MINUTE_MS ? warn('clock', found, fix) : ok('clock', `${seconds} s apart`)];
}

/** Address, name, connection, certificate, credential, identity and clock, as far as the inspection came. */
export function wayVerdicts(inspection: Inspection, cluster: Cluster, now: number): Verdict[] {
  const { server, addresses, certificateExpires, user, ended } = inspection;
  const certificate = 'the certificate is of the registered authority';
  const renew = 'renew the certificate of the API server';
  const reached = [
    ...(server === undefined ? [] : [ok('server', server)]),
    ...(addresses.length === 0 ? [] : [ok('name', `resolves to ${addresses.join(', ')}`)]),
    ...(certificateExpires === undefined
      ? []
      : [ok('tcp', 'connects'), expiring('tls', certificate, certificateExpires, now, renew)]),
    ...credentialVerdict(inspection, cluster, now),
    ...(user === undefined
      ? []
      : [
          ok(
            'identity',
            user.name === undefined ? 'the server knows it' : `the server knows it as ${user.name}`,
          ),
        ]),
    ...clockVerdict(inspection),
  ];
  if (ended === undefined) return reached;
  const { step, failure } = ended;
  const found = `${failure.message} (${failure.code})`;
  return [...reached, fail(step, found, fixOf(ended, cluster))];
}

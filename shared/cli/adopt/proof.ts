import { baseAddress } from '../../adapters/http.ts';
import { readSecret } from '../../adapters/kubernetes/objects.ts';
import { refOf } from '../../status/target.ts';
import type { TargetStatus } from '../../status/target.ts';
import { INSTANCE_LABEL, notOurs } from '../../target/ownership.ts';
import { secretPath } from '../connect/cluster.ts';
import type { PersonCluster } from '../connect/cluster.ts';

/** What shows that a person's context is a registered Cluster, and whose Secrets the app calls its own there. */
interface Proof {
  /** `secret`: one that the app saw there, known by its uid; `address`: both name one server. */
  same: 'secret' | 'address' | undefined;
  /** Of the deployment behind this registry; undefined while it owns nothing there that could be looked at. */
  instance: string | undefined;
}

/** Some rows may be of Secrets that were deleted since, or that this person may not read. */
const LOOKS = 8;

/**
 * A uid is in one cluster only: a Secret that the app wrote down is the proof that no address can give.
 *
 * @param rows what the app wrote down of the cluster
 * @param server where the app reaches the cluster; undefined: it has not looked that up yet
 * @param namespaces where the person has rights, for certain
 */
export async function proofOf(
  rows: readonly TargetStatus[],
  server: string | undefined,
  person: PersonCluster,
  namespaces: readonly string[],
): Promise<Proof> {
  const isNear = (row: TargetStatus): boolean => namespaces.includes(refOf(row).namespace);
  const seen = rows.filter(({ uid }) => uid !== '');
  const nearFirst = [...seen.filter(isNear), ...seen.filter((row) => !isNear(row))];
  const isSame = server !== undefined && canonical(server) === canonical(person.server);
  const proof: Proof = { same: isSame ? 'address' : undefined, instance: undefined };
  for (const row of nearFirst.slice(0, LOOKS)) {
    const owner = await ownerOf(row, person);
    if (owner === undefined) continue;
    proof.same = 'secret';
    proof.instance = owner.instance;
    if (owner.instance !== undefined) break;
  }
  return proof;
}

/** Of a Secret that is the one the app saw; undefined when it is another one, or none. */
async function ownerOf(
  row: TargetStatus,
  person: PersonCluster,
): Promise<{ instance: string | undefined } | undefined> {
  const ref = refOf(row);
  const looked = await person.get(secretPath(ref.namespace, ref.name));
  if (looked.state !== 'found') return undefined;
  const live = readSecret(looked.body, ref);
  if (live.uid !== row.uid) return undefined;
  const instance = live.labels[INSTANCE_LABEL] ?? '';
  // What the app calls somebody else's may well be another deployment's.
  const isOurs = row.code !== 'NOT_OURS' && notOurs(live, ref, instance) === undefined;
  return { instance: isOurs ? instance : undefined };
}

/** One address, however it is spelt. */
function canonical(address: string): string {
  return URL.canParse(address) ? baseAddress(new URL(address).href) : address;
}

import { freePort } from './ports.ts';
import { start, type Running } from './processes.ts';

/** One etcd for all API servers of a run; each keeps to a prefix of its own. Data in `folder`, not synced to disk. */
export async function startEtcd(command: string, folder: string): Promise<{ url: string; running: Running }> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const peerUrl = `http://127.0.0.1:${await freePort()}`;
  const args = [
    '--name=e2e',
    '--data-dir=etcd-data',
    '--unsafe-no-fsync',
    '--log-level=warn',
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=e2e=${peerUrl}`,
  ];
  const ready = async (): Promise<boolean> => (await fetch(`${url}/health`)).ok;
  return { url, running: await start({ name: 'etcd', command, args, folder, ready }) };
}

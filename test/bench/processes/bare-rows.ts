// Rows of the table `Targets` as a loop reads and writes them that does nothing else.
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';

/** Tables as a plain client may use them. */
export interface Tables {
  url: string;
  /** A shared access signature. */
  sas: string;
  /** As many rows of a cluster go into one request, where there are as many. */
  perWrite: number;
}

type Row = Record<string, unknown>;

export interface BareRows {
  read(cluster: string, id: string): Promise<Row>;
  /** Rows wait for as many others of their cluster as go into a request, and no longer than others do. */
  write(cluster: string, row: Row): Promise<void>;
  close(): Promise<void>;
}

/** Rows of a cluster that go together. */
interface Group {
  rows: Row[];
  depart: () => void;
  sent: Promise<void>;
}

interface Question {
  dispatcher: Agent;
  token?: string;
  headers?: Record<string, string>;
  method?: 'PUT' | 'POST';
  json?: object;
  text?: string;
}

/** The answer, parsed. Rejects when it is no success. */
export async function ask<T>(
  url: string,
  { dispatcher, token, headers, method, json, text }: Question,
): Promise<T> {
  const body = json === undefined ? text : JSON.stringify(json);
  const answer = await request(url, {
    dispatcher,
    method: method ?? 'GET',
    headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...JSON_BODY, ...headers },
    ...(body !== undefined && { body }),
  });
  if (answer.statusCode >= 300) throw new Error(`${url} answered ${answer.statusCode}`);
  const said = await answer.body.text();
  return (said.startsWith('{') ? JSON.parse(said) : {}) as T;
}

const JSON_BODY = { 'content-type': 'application/json' };
const VERSION = { 'x-ms-version': '2019-02-02', accept: 'application/json;odata=minimalmetadata' };
/** The emulator takes boundaries of no other form. */
const [BATCH, SET] = ['batch_0001', 'changeset_0001'];
/** As the app waits for company. */
const COMPANY_MS = 5;

export function bareRows({ url, sas, perWrite }: Tables): BareRows {
  const dispatcher = new Agent({ connections: 32 });
  const addressOf = (partition: unknown, row: unknown): string =>
    `${url}/Targets(PartitionKey='${String(partition)}',RowKey='${encodeURIComponent(String(row))}')`;
  const put = async (rows: readonly Row[]): Promise<void> => {
    const [first] = rows;
    if (rows.length === 1 && first !== undefined) {
      const to = `${addressOf(first['PartitionKey'], first['RowKey'])}?${sas}`;
      return ask(to, { dispatcher, headers: VERSION, method: 'PUT', json: written(first) });
    }
    const parts = rows.map((row) => operation(addressOf(row['PartitionKey'], row['RowKey']), written(row)));
    const text = [
      `--${BATCH}`,
      `content-type: multipart/mixed; boundary=${SET}`,
      '',
      ...parts,
      `--${SET}--`,
      `--${BATCH}--`,
      '',
    ];
    const headers = { ...VERSION, 'content-type': `multipart/mixed; boundary=${BATCH}` };
    return ask(`${url}/$batch?${sas}`, { dispatcher, headers, method: 'POST', text: text.join('\r\n') });
  };
  const gathering = new Map<string, Group>();
  const gather = (cluster: string): Group => {
    const { promise: full, resolve: depart } = Promise.withResolvers<void>();
    const rows: Row[] = [];
    const send = async (): Promise<void> => {
      await Promise.race([full, sleep(COMPANY_MS)]);
      if (gathering.get(cluster) === group) gathering.delete(cluster);
      await put(rows);
    };
    const group = { rows, depart, sent: send() };
    gathering.set(cluster, group);
    return group;
  };
  return {
    read: (cluster, id) => ask(`${addressOf(cluster, id)}?${sas}`, { dispatcher, headers: VERSION }),
    write(cluster, row) {
      const group = gathering.get(cluster) ?? gather(cluster);
      if (group.rows.push(row) >= perWrite) {
        gathering.delete(cluster);
        group.depart();
      }
      return group.sent;
    },
    close: () => dispatcher.close(),
  };
}

/** Without what only the service writes. */
const written = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !/^(?:odata\.|Timestamp)/.test(name)));

/** https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions */
const operation = (address: string, row: Row): string =>
  [
    `--${SET}`,
    'content-type: application/http',
    'content-transfer-encoding: binary',
    '',
    `PUT ${address} HTTP/1.1`,
    'content-type: application/json',
    `accept: ${VERSION.accept}`,
    '',
    JSON.stringify(row),
  ].join('\r\n');

import {
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
  type PipelineResponse,
  RestError,
} from '@azure/core-rest-pipeline';
import { TableClient } from '@azure/data-tables';
import { identityFor, RETRY_DELAY, storageHttp, type StorageOptions } from './connection.ts';
import { entityOf, storedName, type StoredEntity } from './entity.ts';

/** One table, and what a call of it that fails is called. */
export interface Table {
  client: TableClient;
  rows: RowReader;
  code: 'REGISTRY_UNAVAILABLE' | 'STATUS_UNAVAILABLE';
}

export function openTable(options: StorageOptions, name: string, code: Table['code']): Table {
  const httpClient = storageHttp(options.timeoutMs);
  const client = clientOf(options.connection, name, httpClient);
  const isPlain = 'connectionString' in options.connection && isInsecure(options.connection.connectionString);
  return { client, rows: createRowReader(client, httpClient, isPlain), code };
}

function clientOf(
  connection: StorageOptions['connection'],
  name: string,
  httpClient: HttpClient,
): TableClient {
  const options = { retryOptions: { ...RETRY_DELAY, maxRetries: 2 }, httpClient };
  if ('serviceUri' in connection)
    return new TableClient(connection.serviceUri, name, identityFor(connection.credential), options);
  const { connectionString } = connection;
  const allowInsecureConnection = isInsecure(connectionString);
  return TableClient.fromConnectionString(connectionString, name, { ...options, allowInsecureConnection });
}

/** The emulator speaks plain HTTP; a connection string that says so is the only thing that may lift the SDK's refusal. */
function isInsecure(connectionString: string): boolean {
  return /(?:Endpoint=http:|DefaultEndpointsProtocol=http;|UseDevelopmentStorage=true)/i.test(
    connectionString,
  );
}

/** Rows in the order of their keys, as they were sent, and where the next page begins. */
interface Page {
  text: string;
  /** Undefined when this is no answer of a table. */
  rows(): StoredEntity[] | undefined;
  next: string | undefined;
}

interface PageQuery {
  filter?: string;
  select?: readonly string[];
  /** Rows at most; 1,000 where nothing is said. */
  top?: number;
  /** As the page before gave it. */
  next?: string | undefined;
}

/**
 * Reads rows through the pipeline of the SDK's client, with its identity and its attempts, but not through its deserialisers:
 * they go through each column several times, and cost more than all else of a run. Rejects with the SDK's errors; answers with
 * undefined what is no answer of a table.
 */
interface RowReader {
  page(query: PageQuery, abortSignal: AbortSignal): Promise<Page>;
  /** What the same page is digested to, which nobody parses. */
  digest(query: PageQuery, abortSignal: AbortSignal): Promise<{ digest: string; next: string | undefined }>;
  row(partitionKey: string, rowKey: string, abortSignal: AbortSignal): Promise<StoredEntity | undefined>;
}

/** What the SDK sends with each of its own. https://learn.microsoft.com/rest/api/storageservices/query-entities */
const HEADERS = {
  accept: 'application/json;odata=minimalmetadata',
  dataserviceversion: '3.0',
  'x-ms-version': '2019-02-02',
};

export function createRowReader(
  client: TableClient,
  http: HttpClient & { digesting: HttpClient },
  allowInsecureConnection: boolean,
): RowReader {
  const ask = asking(client, http, allowInsecureConnection);
  const askDigest = asking(client, http.digesting, allowInsecureConnection);
  return {
    async page(query, abortSignal) {
      const { bodyAsText, headers } = await ask(`${client.tableName}()`, queryOf(query), abortSignal);
      return { text: bodyAsText ?? '', rows: () => rowsIn(bodyAsText), next: nextIn(headers) };
    },
    async digest(query, abortSignal) {
      const { bodyAsText, headers } = await askDigest(`${client.tableName}()`, queryOf(query), abortSignal);
      return { digest: bodyAsText ?? '', next: nextIn(headers) };
    },
    async row(partitionKey, rowKey, abortSignal) {
      const keys = `PartitionKey=${quoted(partitionKey)},RowKey=${quoted(rowKey)}`;
      const { bodyAsText } = await ask(`${client.tableName}(${keys})`, [], abortSignal);
      const found = objectIn(bodyAsText);
      return found !== undefined && 'PartitionKey' in found ? entityOf(found) : undefined;
    },
  };
}

function rowsIn(text: string | null | undefined): StoredEntity[] | undefined {
  const { value } = objectIn(text) ?? {};
  return Array.isArray(value) ? (value as Record<string, unknown>[]).map(entityOf) : undefined;
}

type Ask = (path: string, query: readonly string[], abortSignal: AbortSignal) => Promise<PipelineResponse>;

function asking(client: TableClient, httpClient: HttpClient, allowInsecureConnection: boolean): Ask {
  const pipeline = client.pipeline.clone();
  pipeline.removePolicy({ name: 'deserializationPolicy' });
  const service = new URL(client.url);
  const folder = `${service.origin}${service.pathname.replace(/\/?$/, '/')}`;
  // With a shared access signature the client's address has a query of its own.
  const signature = service.search.slice(1);
  return async (path, query, abortSignal) => {
    const search = [signature, ...query].filter((part) => part !== '').join('&');
    const request = createPipelineRequest({
      url: `${folder}${path}${search === '' ? '' : `?${search}`}`,
      headers: createHttpHeaders(HEADERS),
      abortSignal,
      allowInsecureConnection,
    });
    const response = await pipeline.sendRequest(httpClient, request);
    if (response.status === 200) return response;
    const code = codeIn(response);
    throw new RestError('the table refused to be read', {
      statusCode: response.status,
      ...(code !== undefined && { code }),
      request,
      response,
    });
  };
}

const quoted = (key: string): string => `'${encodeURIComponent(key.replaceAll("'", "''"))}'`;

function queryOf({ filter, select, top, next }: PageQuery): string[] {
  return [
    ...(top === undefined ? [] : [`$top=${top}`]),
    ...(select === undefined ? [] : [`$select=${encodeURIComponent(select.map(storedName).join(','))}`]),
    ...(filter === undefined ? [] : [`$filter=${encodeURIComponent(filter)}`]),
    ...(next === undefined ? [] : [next]),
  ];
}

function nextIn(headers: PipelineResponse['headers']): string | undefined {
  const [partition, row] = [PARTITION, ROW].map((name) => headers.get(name));
  if (partition === undefined || partition === '') return undefined;
  const where = `NextPartitionKey=${encodeURIComponent(partition)}`;
  return row === undefined || row === '' ? where : `${where}&NextRowKey=${encodeURIComponent(row)}`;
}

const PARTITION = 'x-ms-continuation-nextpartitionkey';
const ROW = 'x-ms-continuation-nextrowkey';

function objectIn(text: string | null | undefined): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text ?? '');
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    // The message of JSON.parse quotes its input.
    return undefined;
  }
}

/** https://learn.microsoft.com/rest/api/storageservices/status-and-error-codes2 */
function codeIn({ bodyAsText, headers }: PipelineResponse): string | undefined {
  const said = objectIn(bodyAsText)?.['odata.error'];
  const code: unknown = typeof said === 'object' && said !== null ? Reflect.get(said, 'code') : undefined;
  return typeof code === 'string' ? code : headers.get('x-ms-error-code');
}

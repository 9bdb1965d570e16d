/** Values on the wire between host and worker, as far as this host uses them. */
export interface TypedData {
  string?: string;
  json?: string;
  bytes?: Uint8Array;
  int?: number;
  double?: number;
  http?: HttpData;
}

export interface HttpData {
  method?: string;
  url?: string;
  headers?: Record<string, string>;
  query?: Record<string, string>;
  params?: Record<string, string>;
  body?: TypedData;
  statusCode?: string;
}

/** One binding of a function, with whatever options its kind has (`queueName`, `schedule`, `route` ...). */
export interface Binding {
  type: string;
  name: string;
  direction?: string;
  [option: string]: unknown;
}

/** A function as the host knows it: everything but its code. */
export interface IndexedFunction {
  name: string;
  bindings: Record<string, Binding>;
  trigger: Binding;
}

export interface Invocation {
  /** Of the function. */
  name: string;
  input: TypedData;
  triggerMetadata: Record<string, TypedData>;
}

export interface InvocationResponse {
  returnValue?: TypedData | null;
  outputData: { name: string; data: TypedData }[];
}

/** What the host tells a worker. `end`: run the hooks of the app's end and leave. */
export type ToWorker = { kind: 'invoke'; id: string; invocation: Invocation } | { kind: 'end' };

/** What a worker tells its host. */
export type FromWorker =
  | { kind: 'indexed'; functions: IndexedFunction[] }
  | { kind: 'done'; id: string; response: InvocationResponse }
  | { kind: 'failed'; id: string; stack: string };

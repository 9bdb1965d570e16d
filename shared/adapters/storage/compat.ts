import type { HttpClient, PipelineRequest } from '@azure/core-rest-pipeline';
import type { StoragePipelineOptions } from '@azure/storage-queue';

type StorageHttp = NonNullable<StoragePipelineOptions['httpClient']>;
type Answer = Awaited<ReturnType<StorageHttp['sendRequest']>>;

/**
 * @azure/storage-queue still takes its client in the shape of an earlier generation of SDKs, and itself turns answers of it
 * into today's: of their headers it asks for nothing but all of them.
 */
export function asStorageHttp(client: HttpClient): StorageHttp {
  return {
    async sendRequest(request) {
      const { url, method, body, abortSignal } = request;
      const headers = { toJSON: () => request.headers.toJson({ preserveCase: true }) };
      const asked = { url, method, body, abortSignal, headers, allowInsecureConnection: true };
      const { status, bodyAsText, ...rest } = await client.sendRequest(asked as unknown as PipelineRequest);
      const told = { toJson: () => rest.headers.toJSON({ preserveCase: true }) };
      return { request, status, bodyAsText, headers: told } as unknown as Answer;
    },
  };
}

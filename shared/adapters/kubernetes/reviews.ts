import { AuthenticationV1Api, AuthorizationV1Api, CoreV1Api } from '@kubernetes/client-node';
import type { Configuration, ConfigurationOptions, HttpInfo } from '@kubernetes/client-node';

/** What an API server says of us, and what it would do. Answers are parsed JSON, not yet looked at. */
export interface Reviews {
  /** Who we are; `date` is the server's clock as its Date header tells it. */
  whoAmI(signal: AbortSignal): Promise<{ review: unknown; date: string | undefined }>;
  /** @param attributes `resourceAttributes` of a SelfSubjectAccessReview */
  mayI(attributes: object, signal: AbortSignal): Promise<unknown>;
  /** Everything a POST of a Secret does, admission included, but storing it. */
  dryRun(namespace: string, body: object, signal: AbortSignal): Promise<unknown>;
}

type OptionsOf = (options: { signal: AbortSignal; body?: object }) => ConfigurationOptions;

async function json({ body }: HttpInfo<unknown>): Promise<unknown> {
  return JSON.parse(await body.text()) as unknown;
}

export function createReviews(configuration: Configuration, optionsOf: OptionsOf): Reviews {
  const authentication = new AuthenticationV1Api(configuration);
  const authorization = new AuthorizationV1Api(configuration);
  const core = new CoreV1Api(configuration);
  return {
    async whoAmI(signal) {
      const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
      const options = optionsOf({ signal, body });
      const answer = await authentication.createSelfSubjectReviewWithHttpInfo({ body }, options);
      return { review: await json(answer), date: answer.headers['date'] };
    },
    async mayI(resourceAttributes, signal) {
      const spec = { resourceAttributes };
      const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec };
      const options = optionsOf({ signal, body });
      return json(await authorization.createSelfSubjectAccessReviewWithHttpInfo({ body }, options));
    },
    async dryRun(namespace, body, signal) {
      const query = { namespace, body, dryRun: 'All' };
      return json(await core.createNamespacedSecretWithHttpInfo(query, optionsOf({ signal, body })));
    },
  };
}

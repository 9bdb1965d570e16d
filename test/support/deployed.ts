/** What Node is started with in a deployment of the usual size, 2,048 MB (held against the template by test/infra/settings.test.ts): whoever measures memory measures it so. */
export const DEPLOYED_ARGUMENTS = ['--max-old-space-size=1024', '--max-semi-space-size=8'];

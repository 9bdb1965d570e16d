// Preload of the local host (`NODE_OPTIONS=--import`): its own queues are reached with the app's identity, not with a key.
// The app's bundles bring their own SDK and are not touched.
import { registerHooks } from 'node:module';

const CLIENT = new URL('./queue-client.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@azure/storage-queue' && (context.parentURL ?? '').includes('/test/local/')
      ? { url: CLIENT, format: 'module-typescript', shortCircuit: true }
      : next(specifier, context),
});

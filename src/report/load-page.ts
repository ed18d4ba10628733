/**
 * The page's script, bundled. `npm run build` puts it beside this file in dist; in a source checkout it is
 * bundled when it is first asked for, by the bundler that the build uses.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

const BUILT = new URL('./page.js', import.meta.url);
/** Not a specifier: the compiled package has neither this file nor the bundler. */
const BUNDLER = new URL('./bundle-page.ts', import.meta.url);

let loaded: Promise<string> | undefined;

const load = async (): Promise<string> => {
  if (existsSync(BUILT)) return readFile(BUILT, 'utf8');
  const { bundlePage } = (await import(BUNDLER.href)) as { bundlePage: () => Promise<string> };
  return bundlePage();
};

/** The script's text. */
export const loadPage = (): Promise<string> => {
  loaded ??= load();
  return loaded;
};

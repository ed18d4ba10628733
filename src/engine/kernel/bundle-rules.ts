/**
 * The rules as one script that Node runs: all files that the compiler is given (asconfig.json), in one scope, so that a call of
 * the script makes an instance with a state of its own. It runs when the package is built and in a source checkout; the package
 * itself carries only its result.
 */
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const CONFIG = new URL('../../rules/asconfig.json', import.meta.url);
/** Not a file: it hands on what every entry exports, and how an instance is given its memory. */
const ALL = '\0all-rules';

const allRules = (): string => {
  const { entries } = JSON.parse(readFileSync(CONFIG, 'utf8')) as { readonly entries: readonly string[] };
  const files = entries.map((entry) => fileURLToPath(new URL(entry, CONFIG)));
  const port = fileURLToPath(new URL('port.ts', CONFIG));
  return [
    ...files.map((file) => `export * from ${JSON.stringify(file)};`),
    `export { attach } from ${JSON.stringify(port)};`,
  ].join('\n');
};

/** Bundles the rules. */
export const bundleRules = async (): Promise<string> => {
  const build = await rolldown({
    input: ALL,
    platform: 'neutral',
    logLevel: 'warn',
    tsconfig: false,
    transform: { define: { ASC_TARGET: '0' } },
    plugins: [
      {
        name: 'all-rules',
        resolveId: (id) => (id === ALL ? id : null),
        load: (id) => (id === ALL ? allRules() : null),
      },
    ],
  });
  try {
    const { output } = await build.generate({ format: 'cjs', exports: 'named', comments: false });
    return output[0].code;
  } finally {
    await build.close();
  }
};

/** Bundles the rules into a file. */
export const writeRules = async (file: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, await bundleRules());
};

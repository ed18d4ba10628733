/**
 * Names in what `aws ec2 describe-network-interfaces` and `aws ec2 describe-instances` print as JSON: whole, in several pages one after
 * another, or as a list that `--query` left of it. A network interface is named by its tag `Name`, else its description, else its
 * instance, else its id; an instance by its tag `Name`, else its id.
 */
import { InputError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import type { NamedPrefix } from './name-book.ts';
import { type Spot, toldName, wrongLine } from './told-name.ts';

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const objectIn = (value: unknown, name: string): JsonObject => {
  const inner = isObject(value) ? value[name] : undefined;
  return isObject(inner) ? inner : {};
};

const listIn = (value: JsonObject, name: string): readonly unknown[] => {
  const list = value[name];
  return Array.isArray(list) ? list : [];
};

/** The text that stands there; empty where none does. */
const textIn = (value: unknown, name: string): string => {
  const text = isObject(value) ? value[name] : undefined;
  return typeof text === 'string' ? text.trim() : '';
};

/** Lists in lists, as `Reservations[*].Instances[*]` leaves them. */
const MOST_DEPTH = 8;

const QUOTE = 34;
const BACKSLASH = 92;
/** [ and {, ] and }: their second bits tell them from each other. */
const OPENS: ReadonlySet<number> = new Set([91, 123]);
const CLOSES: ReadonlySet<number> = new Set([93, 125]);

/** Where documents that follow one another begin and end; the last may end too early. */
function* documentsIn(text: string): Generator<readonly [from: number, to: number]> {
  let from = 0;
  let depth = 0;
  let isString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (isString) {
      if (code === BACKSLASH) i++;
      else if (code === QUOTE) isString = false;
    } else if (code === QUOTE) isString = true;
    else if (OPENS.has(code)) depth++;
    else if (CLOSES.has(code) && --depth === 0) {
      yield [from, i + 1];
      from = i + 1;
    }
  }
  if (text.slice(from).trim() !== '') yield [from, text.length];
}

const lineAt = (text: string, at: number): number => {
  let line = 1;
  for (let i = text.indexOf('\n'); i >= 0 && i < at; i = text.indexOf('\n', i + 1)) line++;
  return line;
};

/** Where a document is none. Its end, where the error does not say: what is missing is missing there. */
const brokenAt = (error: unknown, document: string): number =>
  Number(/position (\d+)/.exec(String(error))?.[1] ?? document.trimEnd().length);

/** @throws InputError where it is no JSON */
function* valuesIn(text: string, source: string): Generator<unknown> {
  for (const [from, to] of documentsIn(text)) {
    const document = text.slice(from, to);
    let value: unknown;
    try {
      value = JSON.parse(document);
    } catch (error) {
      const line = lineAt(text, from + brokenAt(error, document));
      throw wrongLine({ source, line }, 'this is no valid JSON from here on; write the file once more');
    }
    yield value;
  }
}

/** An interface or an instance, and what to call it. */
interface Item {
  readonly object: JsonObject;
  readonly name: string;
}

const tagName = (object: JsonObject): string => {
  const tags = [...listIn(object, 'TagSet'), ...listIn(object, 'Tags')];
  return textIn(
    tags.find((tag) => textIn(tag, 'Key') === 'Name'),
    'Value',
  );
};

const interfaceItem = (object: JsonObject): Item => ({
  object,
  name:
    tagName(object) ||
    textIn(object, 'Description') ||
    textIn(objectIn(object, 'Attachment'), 'InstanceId') ||
    textIn(object, 'NetworkInterfaceId'),
});

/** An instance and its interfaces, all under its name. */
const instanceItems = (object: JsonObject): Item[] => {
  const name = tagName(object) || textIn(object, 'InstanceId');
  return [object, ...listIn(object, 'NetworkInterfaces').filter(isObject)].map((each) => ({
    object: each,
    name,
  }));
};

/** @returns undefined for what is no output of these commands */
const itemsOf = (value: unknown, depth = 0): readonly Item[] | undefined => {
  if (Array.isArray(value)) {
    if (depth === MOST_DEPTH) return undefined;
    const all = value.map((each) => itemsOf(each, depth + 1));
    return all.includes(undefined) ? undefined : (all as Item[][]).flat();
  }
  if (!isObject(value)) return undefined;
  if (textIn(value, 'NetworkInterfaceId') !== '') return [interfaceItem(value)];
  if (textIn(value, 'InstanceId') !== '') return instanceItems(value);
  const list = [value['NetworkInterfaces'], value['Reservations'], value['Instances']].find(Array.isArray);
  return list === undefined ? undefined : itemsOf(list, depth);
};

function* addressesOf(object: JsonObject): Generator<string> {
  for (const each of [object, ...listIn(object, 'PrivateIpAddresses')]) {
    yield textIn(each, 'PrivateIpAddress');
    yield textIn(objectIn(each, 'Association'), 'PublicIp');
    yield textIn(objectIn(each, 'Association'), 'CarrierIp');
  }
  yield textIn(object, 'PublicIpAddress');
  yield textIn(object, 'Ipv6Address');
  for (const each of listIn(object, 'Ipv6Addresses')) yield textIn(each, 'Ipv6Address');
  for (const each of listIn(object, 'Ipv4Prefixes')) yield textIn(each, 'Ipv4Prefix');
  for (const each of listIn(object, 'Ipv6Prefixes')) yield textIn(each, 'Ipv6Prefix');
}

const ADVICE = 'write the file once more with aws ec2 describe-network-interfaces --output json';

/** The line of a text in a document whose values have no places any more: the first on which it stands. */
const spotOf = (value: string, text: string, source: string): Spot => ({
  source,
  line: lineAt(text, Math.max(0, text.indexOf(JSON.stringify(value)))),
});

/**
 * The names that interfaces and instances have, in their order.
 * @param source the file, as messages name it
 * @throws InputError where it is no JSON, or no output of these commands
 */
export function* namesInJson(text: string, source: string): Generator<NamedPrefix> {
  for (const value of valuesIn(text, source)) {
    const items = itemsOf(value);
    if (items === undefined)
      throw new InputError(
        'input-unsupported',
        `${escapeControls(source)} holds other JSON than aws ec2 describe-network-interfaces and aws ec2 describe-instances print: ${ADVICE}.`,
      );
    for (const { object, name } of items)
      for (const address of addressesOf(object))
        if (address !== '') yield toldName(address, name, () => spotOf(address, text, source), ADVICE);
  }
}

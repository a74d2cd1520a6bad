import { ConfigurationError } from '../errors.js';
import { nearNames } from '../text/near-names.js';
import { flinkKey, flinkKeyNames } from './flink-options.js';
import { checkFunctionOption, functionKey } from './function-options.js';
import { LATER_OPTIONS } from './later-options.js';
import { maskedText } from './masked-text.js';
import { OPTIONS, type OptionKey, type OptionValue } from './options.js';
import { parseOption } from './parse-option.js';

/** Where a value comes from; a later one wins. */
export const CONFIGURATION_LAYERS = ['job file', 'command line', 'SET'] as const;

export type ConfigurationLayer = (typeof CONFIGURATION_LAYERS)[number];

/** The options of a session: defaults, below the job file, below `-D`, below SET. Every key is checked when it is set. */
export class Configuration {
  private readonly layers = new Map<ConfigurationLayer, Map<string, string>>(
    CONFIGURATION_LAYERS.map((layer) => [layer, new Map()]),
  );
  private readonly noted = new Set<string>();

  /** `onNote` gets one line for each key of Flink that is accepted without effect. */
  constructor(private readonly onNote: (text: string) => void = () => {}) {}

  /**
   * Sets a key in a layer.
   * @throws {ConfigurationError} OPTION_UNKNOWN (with near names), OPTION_VALUE, OPTION_NOT_YET
   */
  set(key: string, text: string, layer: ConfigurationLayer): void {
    this.check(key, text);
    this.layers.get(layer)!.set(key, text);
  }

  /**
   * Undoes SET for one key, or for all.
   * @throws {ConfigurationError} OPTION_UNKNOWN
   */
  reset(key: string | null = null): void {
    const set = this.layers.get('SET')!;
    if (key !== null && !isKnown(key)) throw unknown(key);
    if (key === null) set.clear();
    else set.delete(key);
  }

  /** The value in force; null where it is not set and has no default. */
  get<K extends OptionKey>(key: K): OptionValue<K> {
    const text = this.text(key) ?? OPTIONS[key].default;
    return (text === null ? null : parseOption(key, text)) as OptionValue<K>;
  }

  /** The text that was set; null where the default is in force. */
  text(key: string): string | null {
    for (const layer of [...CONFIGURATION_LAYERS].reverse()) {
      const text = this.layers.get(layer)!.get(key);
      if (text !== undefined) return text;
    }
    return null;
  }

  /** The settings `millstream.function.<name>.<option>` of a function, text by option; names without regard to case. */
  functionOptions(name: string): Record<string, string> {
    return Object.fromEntries(this.functionSettings(name).map(({ option, text }) => [option, text]));
  }

  /** The same with the layer that each comes from. */
  functionSettings(name: string): { option: string; text: string; layer: ConfigurationLayer }[] {
    return this.entries().flatMap(([key, text]) => {
      const named = functionKey(key);
      const isMeant = named !== null && named.function.toLowerCase() === name.toLowerCase();
      return isMeant ? [{ option: named.option, text, layer: this.layerOf(key) }] : [];
    });
  }

  /** The keys that were set with the text in force, sorted by key, secrets masked: what `SET;` prints. */
  entries(): [key: string, text: string][] {
    const keys = new Set([...this.layers.values()].flatMap((layer) => [...layer.keys()]));
    return [...keys].sort().map((key) => [key, maskedText(key, this.text(key)!)]);
  }

  /** The highest layer that has the key, which is set. */
  private layerOf(key: string): ConfigurationLayer {
    return [...CONFIGURATION_LAYERS].reverse().find((layer) => this.layers.get(layer)!.has(key))!;
  }

  private check(key: string, text: string): void {
    const ofFunction = functionKey(key);
    if (ofFunction !== null) checkFunctionOption(key, ofFunction.option, text);
    else if (isOption(key)) parseOption(key, text);
    else if (LATER_OPTIONS.includes(key)) throw notYet(key);
    else this.checkFlinkKey(key, text);
  }

  private checkFlinkKey(key: string, text: string): void {
    const flink = flinkKey(key);
    if (flink === null) throw unknown(key);
    if (flink.kind === 'noted') this.note(key, flink.reason);
    else if (!flink.values.includes(text.trim().toUpperCase())) throw changesResults(key, text, flink.values);
  }

  private note(key: string, reason: string): void {
    if (this.noted.has(key)) return;
    this.noted.add(key);
    this.onNote(`'${key}' is a key of Flink that has no effect here: ${reason}.`);
  }
}

function isOption(key: string): key is OptionKey {
  return Object.hasOwn(OPTIONS, key);
}

function isKnown(key: string): boolean {
  return isOption(key) || functionKey(key) !== null || LATER_OPTIONS.includes(key) || flinkKey(key) !== null;
}

function unknown(key: string): ConfigurationError {
  const near = nearNames(key, [...Object.keys(OPTIONS), ...LATER_OPTIONS, ...flinkKeyNames()]);
  return new ConfigurationError('OPTION_UNKNOWN', `There is no option '${key}'.`, {
    hint:
      near.length === 0
        ? '`SET;` lists all options with their values.'
        : `Did you mean ${near.map((name) => `'${name}'`).join(', ')}?`,
  });
}

function notYet(key: string): ConfigurationError {
  return new ConfigurationError('OPTION_NOT_YET', `'${key}' does not act in this version.`, {
    hint: 'Take it out: it is refused so that nobody relies on it.',
  });
}

function changesResults(key: string, text: string, values: readonly string[]): ConfigurationError {
  return new ConfigurationError(
    'OPTION_VALUE',
    `'${key}' = '${text}' would give other results than Millstream can.`,
    {
      hint: `Only ${values.map((value) => `'${value}'`).join(', ')} is accepted.`,
    },
  );
}

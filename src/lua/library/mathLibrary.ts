// The math library (lib_math.c of LuaJIT). An unknown argument gives an unknown answer.
import { scaled } from '../numerals';
import { hostFunction, LuaTable } from '../values';
import { libraryFunction, type Arguments, type Routine } from './arguments';

const OF_ONE = [
  'abs',
  'ceil',
  'floor',
  'sqrt',
  'sin',
  'cos',
  'tan',
  'asin',
  'acos',
  'atan',
  'sinh',
  'cosh',
  'tanh',
  'exp',
  'log10',
] as const;

const OTHERS: Readonly<Record<string, Routine>> = {
  atan2: (args) => Math.atan2(args.number(1), args.number(2)),
  deg: (args) => args.number(1) * 57.29577951308232,
  fmod: (args) => args.number(1) % args.number(2),
  frexp: (args) => split(args.number(1)),
  ldexp: (args) => scaled(args.number(1), args.integer(2)),
  log: (args) => (args.count < 2 ? Math.log(args.number(1)) : Math.log2(args.number(1)) * (1 / Math.log2(args.number(2)))),
  max: (args) => reduced(args, (a, b) => (a > b ? a : b)),
  min: (args) => reduced(args, (a, b) => (a < b ? a : b)),
  modf: (args) => {
    const number = args.number(1);
    const whole = Math.trunc(number);
    const fraction = Number.isFinite(number) ? number - whole : Number.isNaN(number) ? number : 0;
    return [whole, fraction === 0 && (number < 0 || Object.is(number, -0)) ? -0 : fraction];
  },
  pow: (args) => args.number(1) ** args.number(2),
  rad: (args) => args.number(1) * 0.017453292519943295,
};

function reduced(args: Arguments, choose: (a: number, b: number) => number): number {
  let result = args.number(1);
  for (let i = 2; i <= args.count; i++) result = choose(result, args.number(i));
  return result;
}

/** C's frexp: a fraction from a half to below one, and the power of two that goes with it. */
function split(number: number): [number, number] {
  if (number === 0 || !Number.isFinite(number)) return [number, 0];
  let exponent = Math.max(-1023, Math.floor(Math.log2(Math.abs(number))) + 1);
  let fraction = scaled(number, -exponent);
  for (; Math.abs(fraction) < 0.5; exponent--) fraction *= 2;
  for (; Math.abs(fraction) >= 1; exponent++) fraction /= 2;
  return [fraction, exponent];
}

/** A fresh `math` table. */
export function mathLibrary(): LuaTable {
  const table = new LuaTable();
  for (const name of OF_ONE)
    table.set(
      name,
      libraryFunction(name, (args) => Math[name](args.number(1))),
    );
  for (const [name, routine] of Object.entries(OTHERS)) table.set(name, libraryFunction(name, routine));
  table.set(
    'random',
    hostFunction('random', (_args, machine) => [machine.unknown('a random number')]),
  );
  table.set(
    'randomseed',
    hostFunction('randomseed', () => []),
  );
  return table.set('huge', Infinity).set('pi', Math.PI);
}

// What Lua's own messages mean for a plugin: one row a kind. Sources: lj_errmsg.h and lj_debug.c of LuaJIT, lua-cjson, ngx_http_lua_module, kong/pdk.

interface Kind {
  /** The message, from its beginning; every quantifier is bounded. */
  text: RegExp;
  /** What it means; `$<name>` stands for a group. */
  means: string;
}

const VALUE = "(?:local|upvalue|field|global|method) '(?<name>[^']{1,100})'";
const STRING_METHODS = 'byte|find|format|gmatch|gsub|len|lower|match|rep|reverse|sub|upper';

/** The first that fits counts. */
const KINDS: readonly Kind[] = [
  {
    text: /attempt to index (?:local|upvalue) '(?<name>conf(?:ig)?)' \(a nil value\)/,
    means:
      '$<name> is nil there: a phase is a method (function MyHandler:access(conf), with a colon), and a timer or a thread gets only what is passed on to it, such as ngx.timer.at(0, fn, conf).',
  },
  {
    text: new RegExp(`attempt to index ${VALUE} \\(a nil value\\)`),
    means: '$<name> is nil there: it was never set in this run, was not given, or was not found.',
  },
  {
    text: new RegExp(`attempt to index ${VALUE} \\(a (?<type>\\w{1,20}) value\\)`),
    means: '$<name> is a $<type> there, where the code expects a table.',
  },
  { text: /attempt to index a nil value/, means: 'The value before a dot, colon or bracket of that line is nil.' },
  {
    text: /attempt to index a (?<type>\w{1,20}) value/,
    means: 'The value before a dot, colon or bracket of that line is a $<type>, where the code expects a table.',
  },
  {
    text: new RegExp(`attempt to call method '(?<name>${STRING_METHODS})' \\(a nil value\\)`),
    means:
      '$<name> is a method of strings, and the value is none: a header, query argument or form field that was given twice is a table of its values.',
  },
  {
    text: /attempt to call method '(?<name>[^']{1,100})' \(a nil value\)/,
    means: 'The value has no method $<name>: it is another thing than the code expects, or the name is misspelt.',
  },
  {
    text: /attempt to call field '(?<name>[^']{1,100})' \(a nil value\)/,
    means: 'There is no function $<name> in that table: it is misspelt, or this version of Kong or of the library has none.',
  },
  {
    text: new RegExp(`attempt to call ${VALUE} \\(a (?<type>\\w{1,20}) value\\)`),
    means: '$<name> is no function there but a $<type>: a local function must stand above the line that calls it.',
  },
  { text: /attempt to call a (?<type>\w{1,20}) value/, means: 'What is called in that line is no function but a $<type>.' },
  {
    text: new RegExp(`attempt to concatenate ${VALUE} \\(a (?<type>\\w{1,20}) value\\)`),
    means: '$<name> is a $<type> there, and only strings and numbers can be joined with "..".',
  },
  {
    text: /attempt to concatenate a (?<type>\w{1,20}) value/,
    means: 'A part of what is joined with ".." in that line is a $<type>.',
  },
  {
    text: new RegExp(`attempt to perform arithmetic on ${VALUE} \\(a (?<type>\\w{1,20}) value\\)`),
    means: '$<name> is a $<type> there, and the code calculates with it.',
  },
  { text: /attempt to perform arithmetic on a (?<type>\w{1,20}) value/, means: 'The code calculates with a $<type>.' },
  {
    text: /attempt to compare (?:two )?(?<type>\w{1,20})(?: values?)?(?: with (?<other>\w{1,20}))?/,
    means: 'Values of these types have no order: one of the two is not what the code expects, often nil or a number as a string.',
  },
  {
    text: new RegExp(`attempt to get length of ${VALUE} \\(a (?<type>\\w{1,20}) value\\)`),
    means: '$<name> is a $<type> there, which has no length.',
  },
  {
    text: /bad argument #\d{1,3} to '(?<name>at|every|named_at|named_every)' \(/,
    means:
      'The timer was given no function: what was passed to ngx.timer.$<name> is nil, mostly a name defined further down or misspelt.',
  },
  {
    text: /expected `callback` to be a function/,
    means:
      'The timer was given no function: what was passed to ngx.timer.at or ngx.timer.every is nil, mostly a name defined further down or misspelt.',
  },
  {
    text: /expected `(?<name>\w{1,40})`? to be a (?<type>\w{1,40})/,
    means:
      'A timer was given no $<type> as its $<name>: what a plugin passed to ngx.timer.at or ngx.timer.every is nil or of another type, mostly a setting that is missing.',
  },
  {
    text: /bad argument #(?<n>\d{1,3}) to '(?<name>[^']{1,100})' \((?<wanted>[\w ]{1,60}) expected, got (?<type>[\w ]{1,40})\)/,
    means: 'Argument $<n> of $<name> is $<type>, where it must be $<wanted>.',
  },
  {
    text: /bad argument #(?<n>\d{1,3}) to '(?<name>[^']{1,100})'/,
    means: 'Argument $<n> of $<name> is not what it takes.',
  },
  {
    text: /invalid header value for "(?<name>[^"]{1,200})": got (?<type>\w{1,20})/,
    means:
      'The header $<name> was given a value of type $<type>; it takes a string, number or boolean. Test for nil before, or use clear_header.',
  },
  {
    text: /invalid (?:header )?(?<name>name|value)[^:]{0,60}: got (?<type>\w{1,20}), expected/,
    means: 'A header was given a $<name> of type $<type>; it takes a string. Test for nil before.',
  },
  {
    text: /Cannot serialise,? (?:table: )?excessive(?:ly)? (?:nesting|nested)/,
    means:
      'cjson.encode stops at 1000 levels: the table holds itself, or something that holds it. Encode chosen fields, not whole objects.',
  },
  {
    text: /Cannot serialise table: excessively sparse array/,
    means: 'The table has number keys with wide gaps: make the keys strings, or call cjson.encode_sparse_array(true).',
  },
  {
    text: /Cannot serialise (?<type>[\w ]{1,40}): type not supported/,
    means: 'JSON has no $<type>: encode chosen fields, not whole objects.',
  },
  {
    text: /not enough memory/,
    means: 'The memory that Lua may use is full: something grows without end, or a body is too big to hold.',
  },
  { text: /stack overflow/, means: 'A function calls itself without end.' },
  { text: /assertion failed!/, means: 'assert() got nil or false and no message.' },
  {
    text: /attempt to set (?<name>ngx\.[\w.]{1,60}) after sending out response headers/,
    means: 'The headers had gone to the client already: set $<name> in header_filter or earlier.',
  },
  {
    text: /headers have already been sent/,
    means: 'The headers had gone to the client already: headers and status can be set in header_filter or earlier.',
  },
  {
    text: /^(?:\S{1,400}: )?(?:table: 0x|\(error object is a table value\)|nil\b)/,
    means: 'The error is no text but a table or nil: raise strings, so that Kong can print them.',
  },
];

/** What a message of Lua means, as a sentence; empty when it says enough itself. */
export function meaningOf(message: string): string {
  const text = message.slice(0, 1_000);
  for (const kind of KINDS) {
    const match = kind.text.exec(text);
    if (match !== null) return kind.means.replace(/\$<(\w+)>/g, (_, name: string) => match.groups?.[name] ?? 'another value');
  }
  return '';
}

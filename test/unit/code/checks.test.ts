// Every check of code: a plugin that shows the problem, and plugins that are right or cannot be told.
import assert from 'node:assert/strict';
import { CODE_CHECKS } from '../../../src/code/check';
import { handler, problemsOf, schema } from './plugin';

interface Case {
  /** What the plugin does. */
  title: string;
  files: Record<string, string>;
  kong?: string;
  /** What the message has; nothing when there is no problem. */
  says?: RegExp;
}

const SCHEMA = schema(
  '{ limit = { type = "number", default = 1 } }, { tags = { type = "array", elements = { type = "string" } } }',
);
const one = (title: string, body: string, says?: RegExp, kong?: string): Case => ({
  title,
  files: { 'handler.lua': handler(body), 'schema.lua': SCHEMA },
  ...(says === undefined ? {} : { says }),
  ...(kong === undefined ? {} : { kong }),
});

const CASES: Readonly<Record<string, readonly Case[]>> = {
  'kong/pdk-unknown': [
    one(
      'a misspelt function',
      'function Demo:access() kong.request.get_heder("x") end',
      /no kong\.request\.get_heder\. Did you mean kong\.request\.get_header/,
    ),
    one('through a local', 'local get = kong.request.get_heder function Demo:access() get("x") end', /get_heder/),
    one(
      'a misspelt table',
      'function Demo:access() kong.reqest.get_header("x") end',
      /kong\.reqest\. Did you mean kong\.request/,
    ),
    one('a longer name', 'function Demo:access() kong.log.error("x") end', /no kong\.log\.error\. Did you mean kong\.log\.err\?/),
    one('a table that may be another one’s', 'function Demo:access() kong.licensing.check() end'),
    one(
      'a function that is asked for first',
      'function Demo:access() if kong.request.get_id2 then kong.request.get_id2() end end',
    ),
    one('a function that the plugin adds', 'kong.request.mine = function() end function Demo:access() kong.request.mine() end'),
    one('in a protected call', 'function Demo:access() pcall(function() kong.request.get_heder("x") end) end'),
    one('a method of a text', 'function Demo:access() local v = kong.version:sub(1, 3) return v end'),
    one('another kong', 'local kong = require "other" function Demo:access() kong.request.get_heder("x") end'),
    one('a function of Enterprise', 'function Demo:access() kong.client.get_consumer_groups() end'),
  ],
  'kong/pdk-version': [
    one(
      'a function that came later',
      'function Demo:access() kong.service.set_retries(1) end',
      /2\.8 has no kong\.service\.set_retries: it came with Kong 3\.8/,
      '2.8',
    ),
    one(
      'a table that came later',
      'function Demo:access() kong.tracing.start_span("x") end',
      /no kong\.tracing: it came with Kong 3\.0/,
      '2.8',
    ),
    one('the version that has it', 'function Demo:access() kong.service.set_retries(1) end', undefined, '3.8'),
    one('asked for first', 'function Demo:access() if kong.tracing then kong.tracing.start_span("x") end end', undefined, '2.8'),
    one(
      'a look at the version',
      'function Demo:access() if kong.version_num >= 3008000 then kong.service.set_retries(1) end end',
      undefined,
      '2.8',
    ),
  ],
  'kong/pdk-phase': [
    one(
      'in the phase itself',
      'function Demo:log() kong.response.exit(500) end',
      /cannot be called in log: log → kong\.response\.exit\./,
    ),
    one(
      'through local functions, with the way',
      'local function two() kong.response.exit(500) end local function one() two() end function Demo:log() one() end',
      /log → one\(\) → two\(\) → kong\.response\.exit/,
    ),
    one(
      'through a method',
      'function Demo:report() kong.response.exit(500) end function Demo:log() self:report() end',
      /log → Demo\.report\(\)|log → Demo:report\(\)/,
    ),
    {
      title: 'through a module of its own',
      files: {
        'handler.lua': handler('local util = require "kong.plugins.demo.util" function Demo:log() util.fail() end'),
        'util.lua': 'local _M = {} function _M.fail() kong.response.exit(500) end return _M',
        'schema.lua': SCHEMA,
      },
      says: /log → _M\.fail\(\) → kong\.response\.exit/,
    },
    one(
      'in a timer',
      'local function tick() kong.request.get_path() end function Demo:init_worker() ngx.timer.every(1, tick) end',
      /in a timer: timer → tick\(\)/,
    ),
    one(
      'in a callback',
      'function Demo:log() table.sort({}, function(a, b) return kong.response.exit(a) end) end',
      /cannot be called in log/,
    ),
    one(
      'through a local of the function',
      'local exit = kong.response.exit function Demo:log() exit(500) end',
      /kong\.response\.exit cannot be called in log/,
    ),
    one(
      'when a call failed',
      'local function go() local v, err = f() if not v then kong.response.exit(500) end end function Demo:log() go() end',
      /log → go\(\)/,
    ),
    one('in configure, which runs in init_worker', 'function Demo:configure() kong.request.get_path() end', /configure/),
    one(
      'only where the phase is asked for',
      'function Demo:log() if ngx.get_phase() == "access" then kong.response.exit(500) end end',
    ),
    one(
      'after the phase was asked for',
      'local function f() if ngx.get_phase() ~= "access" then return end kong.response.exit(500) end function Demo:log() f() end function Demo:access() f() end',
    ),
    one(
      'where the caller decides',
      'local function f(stop) if stop then kong.response.exit(500) end end function Demo:log() f(false) end function Demo:access() f(true) end',
    ),
    one(
      'where the configuration decides twice',
      'local function f(conf) if conf.limit == 1 then kong.response.exit(500) end end function Demo:log(conf) if conf.limit ~= 1 then f(conf) end end function Demo:access(conf) f(conf) end',
    ),
    one('in a protected call', 'function Demo:log() pcall(kong.response.exit, 500) end'),
    one('in a phase that allows it', 'function Demo:access() kong.response.exit(500) end'),
    one('in the stream subsystem', 'function Demo:preread() end function Demo:log() kong.response.exit(500) end'),
    one('response in 2.3', 'function Demo:response() kong.client.get_consumer() end', /cannot be called in response/, '2.3'),
    one('response in 2.8', 'function Demo:response() kong.client.get_consumer() end', undefined, '2.8'),
    one(
      'a function that may be another one',
      'local f = function() end if x then f = function() kong.response.exit(1) end end function Demo:log() f() end',
    ),
    one(
      'a method that an object may have',
      'function Demo:go() kong.response.exit(500) end local o = {} function o.go() end function Demo:log() self:go() end',
    ),
  ],
  'kong/pdk-arguments': [
    one('a missing argument', 'function Demo:access() kong.service.request.set_header("a") end', /value .* is missing/),
    one('an argument of another type', 'function Demo:access() kong.response.exit("200") end', /status \(number\) is a string/),
    one('nil', 'function Demo:access() kong.request.get_header(nil) end', /name \(string\) is nil/),
    one('a colon', 'function Demo:access() kong.request:get_header("x") end', /write kong\.request\.get_header\(name\)/),
    one('a colon of the log', 'function Demo:access() kong.log:err("x") end', /logs the table kong\.log too/),
    one('a colon where nothing is taken', 'function Demo:access() return kong.request:get_method() end'),
    one('arguments that a call gives', 'function Demo:access() kong.service.request.set_header(f()) end'),
    one('what is right', 'function Demo:access() kong.service.request.set_header("a", 1) kong.response.exit(200, { a = 1 }) end'),
    one('a method', 'function Demo:access() kong.tracing:set_should_sample(true) end'),
  ],
  'kong/nginx-phase': [
    one('a socket in log', 'function Demo:log() ngx.socket.tcp() end', /ngx\.socket\.tcp in log/),
    one(
      'an HTTP client in log',
      'local http = require "resty.http" function Demo:log() local c = http.new() end',
      /resty\.http\.new opens a socket.* in log/,
    ),
    one(
      'an HTTP client in a timer',
      'local http = require "resty.http" local function t() http.new() end function Demo:log() ngx.timer.at(0, t) end',
    ),
    one('an HTTP client in access', 'local http = require "resty.http" function Demo:access() http.new() end'),
    one('sleep in init_worker, where Kong blocks', 'function Demo:init_worker() ngx.sleep(1) end'),
    one('an answer in header_filter', 'function Demo:header_filter() ngx.say("x") end', /ngx\.say in header_filter/),
  ],
  'kong/blocking-call': [
    one('a program', 'function Demo:access() os.execute("ls") end', /access → os\.execute/),
    one('a file at the start', 'function Demo:init_worker() io.open("x") end'),
  ],
  'kong/phase-dot': [
    one('a dot', 'function Demo.access(conf) return conf end', /conf is the handler here/),
    one('self first', 'function Demo.access(self, conf) return conf end'),
    one('a colon', 'function Demo:access(conf) return conf end'),
  ],
  'kong/phase-parameters': [
    one('self twice', 'function Demo:access(self, conf) return conf end', /has self already/),
    one(
      'a configuration of init_worker',
      'function Demo:init_worker(conf) return conf end',
      /no value: init_worker gets no configuration/,
    ),
    one('one too many', 'function Demo:access(conf, ctx) return ctx end', /gives ctx no value/),
    one('one that is not used', 'function Demo:access(conf, _) end'),
    one(
      'one that another phase gives',
      'function Demo:log(conf, ctx) return ctx end function Demo:access(conf) self:log(conf, 1) end',
    ),
    one('configure', 'function Demo:configure(configs) return configs end'),
  ],
  'kong/conf-field': [
    one('a misspelt field', 'function Demo:access(conf) return conf.limt end', /no field limt.* Did you mean limit/),
    one(
      'through a local and a function',
      'local function f(c) local x = c return x.limt end function Demo:access(conf) f(conf) end',
      /limt/,
    ),
    one('a field that is there', 'function Demo:access(conf) return conf.limit end'),
    one('what Kong adds', 'function Demo:access(conf) return conf.__plugin_id, conf.service_id end'),
    one('what the code adds', 'function Demo:access(conf) conf.cache = 1 return conf.cache end'),
    one(
      'a function that is given other tables',
      'local function f(c) return c.limt end function Demo:access(conf) f(conf) f({}) end',
    ),
    one(
      'names that only a run can tell',
      'function Demo:access(conf) for k, v in pairs({}) do conf[k] = v end return conf.more end',
    ),
    {
      title: 'a schema that is computed',
      files: {
        'handler.lua': handler('function Demo:access(conf) return conf.limt end'),
        'schema.lua': 'return require("elsewhere").schema',
      },
    },
    {
      title: 'a nested record',
      files: {
        'handler.lua': handler('function Demo:access(conf) return conf.redis.prt end'),
        'schema.lua': schema('{ redis = { type = "record", fields = { { port = { type = "integer" } } } } }'),
      },
      says: /redis in the schema has no field prt/,
    },
    {
      title: 'a map',
      files: {
        'handler.lua': handler('function Demo:access(conf) return conf.map.anything end'),
        'schema.lua': schema('{ map = { type = "map", keys = { type = "string" }, values = { type = "string" } } }'),
      },
    },
  ],
  'kong/conf-may-be-nil': [
    one('a length', 'function Demo:access(conf) return #conf.tags end', /tags may be nil/),
    one('an index', 'function Demo:access(conf) return conf.tags[1] end', /tags may be nil/),
    one('a loop', 'function Demo:access(conf) for _, t in ipairs(conf.tags) do kong.log(t) end end', /tags may be nil/),
    one('with a look', 'function Demo:access(conf) if conf.tags then return #conf.tags end end'),
    one('under a condition', 'function Demo:access(conf) if kong.request.get_path() then return #conf.tags end end'),
    one('a default', 'function Demo:access(conf) return conf.limit + 1 end'),
    {
      title: 'a record, which Kong fills',
      files: {
        'handler.lua': handler('function Demo:access(conf) return conf.redis.port end'),
        'schema.lua': schema('{ redis = { type = "record", fields = { { port = { type = "integer" } } } } }'),
      },
    },
  ],
  'kong/conf-unread': [
    one('a field that nobody reads', 'function Demo:access(conf) return conf.limit end', /No code of the plugin reads tags/),
    one('a configuration that is handed on', 'function Demo:access(conf) other(conf) return conf.limit end'),
    one('all are read', 'function Demo:access(conf) return conf.limit, conf.tags end'),
    {
      title: 'a shorthand, which Kong turns into another field',
      files: {
        'handler.lua': handler('function Demo:access(conf) return conf.deny end'),
        'schema.lua': `return { name = "demo", fields = { { config = { type = "record",
          fields = { { deny = { type = "string" } } },
          shorthand_fields = { { blacklist = { type = "string", func = function(value) return { deny = value } end } } } } } } }`,
      },
    },
  ],
  'kong/global-write': [
    one('a variable', 'function Demo:access() count = 1 end', /count is a global variable/),
    one('a function', 'function helper() end', /helper is a global variable/),
    one('a local', 'local count function Demo:access() count = 1 end'),
    one('a module of the old kind', 'module("x", package.seeall) function helper() end'),
  ],
  'kong/entry-table': [
    one('a version', 'local kong = require "kong" function Demo:access() return kong.version end', /it has no version/),
    one('a log', 'local kong = require("kong") function Demo:access() kong.log.err("x") end', /its log is a phase of Kong/),
    one('in a call', 'function Demo:access() return require("kong").request.get_path() end', /it has no request/),
    one('the PDK', 'function Demo:access() return kong.version end'),
    one('another module', 'local kong = require "kong.meta" function Demo:access() return kong.version end'),
  ],
};

describe('checks of code', () => {
  for (const { code } of CODE_CHECKS) {
    describe(code, () => {
      const cases = CASES[code] ?? [];
      it('has a case that shows it and one that does not', () => {
        assert.ok(cases.some(({ says }) => says !== undefined));
        assert.ok(cases.some(({ says }) => says === undefined));
      });
      for (const { title, files, kong, says } of cases) {
        it(`${title}${kong === undefined ? '' : ` (${kong})`}: ${says === undefined ? 'nothing' : 'told'}`, () => {
          const told = problemsOf(files, kong).filter((problem) => problem.code === code);
          if (says === undefined) assert.deepEqual(told, []);
          else {
            assert.equal(told.length, 1, JSON.stringify(told));
            assert.match(told[0]?.message ?? '', says);
          }
        });
      }
    });
  }

  it('are described in sentences', () => {
    for (const { code, documentation } of CODE_CHECKS) assert.match(documentation, /^[A-Z].{20,}\.$/, code);
  });

  it('say nothing of a file that does not parse', () => {
    assert.deepEqual(problemsOf({ 'handler.lua': 'local x = = kong.request.get_heder()', 'schema.lua': SCHEMA }), []);
  });

  it('mark the name that is wrong, and offer the right one', () => {
    const [problem] = problemsOf({
      'handler.lua': handler('function Demo:access() kong.request.get_heder("x") end'),
      'schema.lua': SCHEMA,
    });
    assert.ok(problem);
    assert.deepEqual(problem.range, { start: { line: 1, character: 36 }, end: { line: 1, character: 45 } });
    assert.equal(problem.fixes?.[0]?.title, 'Write get_header');
  });
});

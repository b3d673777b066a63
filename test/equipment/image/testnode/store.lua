-- Test equipment: the rows a node works with: a database's, or in DB-less mode what was loaded last, shared by the workers.
local cjson = require "cjson"
local sys = require "testnode.sys"
local database = require "testnode.database"

local EMPTY_HASH = ("0"):rep(32)

local store = {}
local cached, cached_hash

local function file_of(config)
  return config.prefix .. "/dbless.lmdb/data.mdb"
end

--- DB-less: these rows from now on.
function store.use(config, rows)
  local text = cjson.encode(rows)
  ngx.shared.kong:set("rows", text)
  ngx.shared.kong:set("hash", ngx.md5(text))
  sys.write(file_of(config), text, 384)
end

--- DB-less without a file: what the prefix still holds.
function store.restore(config)
  local text = sys.read(file_of(config))
  if text and text ~= "" then
    ngx.shared.kong:set("rows", text)
    ngx.shared.kong:set("hash", ngx.md5(text))
  else
    ngx.shared.kong:delete("rows")
    ngx.shared.kong:set("hash", EMPTY_HASH)
  end
end

function store.hash()
  return ngx.shared.kong:get("hash") or EMPTY_HASH
end

function store.rows(config)
  if config.database == "postgres" then
    return assert(database.read(config))
  end
  local hash = store.hash()
  if hash ~= cached_hash or not cached then
    local text = ngx.shared.kong:get("rows")
    cached, cached_hash = text and cjson.decode(text) or database.empty(), hash
  end
  return cached
end

--- With a database only.
function store.save(config, rows)
  assert(database.write(config, rows))
end

return store

-- Answers chunks from standard input. Each comes behind a line with its length, and so does each answer.
-- `verdict`: empty when the chunk compiles, else the message. `values`: what it returns, one a line, or the error it ends with.
local mode = ...
local read, write = io.read, io.write
local concat, sort, find, format, gsub = table.concat, table.sort, string.find, string.format, string.gsub
local tostring, type = tostring, type
local loadstring, next, pairs, pcall, select, setfenv = loadstring, next, pairs, pcall, select, setfenv

local function quoted(text)
  return '"' .. gsub(text, "[%c\"\\\128-\255]", function(byte) return format("\\%03d", byte:byte()) end) .. '"'
end

local function shown(value)
  local kind = type(value)
  if kind == "string" then return quoted(value) end
  if kind == "number" then return find(format("%g", value), "nan") and "nan" or format("%.17g", value) end
  if kind ~= "table" then return kind == "function" and kind or tostring(value) end
  local fields = {}
  for key, field in next, value do fields[#fields + 1] = "[" .. shown(key) .. "]=" .. shown(field) end
  sort(fields)
  return "{" .. concat(fields, ",") .. "}"
end

local function listed(ok, ...)
  if not ok then return "error " .. shown((...)) end
  local values = {}
  for i = 1, select("#", ...) do values[i] = shown((select(i, ...))) end
  return concat(values, "\n")
end

-- A chunk may not change what the next one sees.
local function environment()
  local copy = {}
  for name, value in pairs(_G) do copy[name] = value end
  copy._G = copy
  return copy
end

for line in function() return read("*l") end do
  local length = tonumber(line)
  local chunk, message = loadstring(length > 0 and read(length) or "", "=x")
  local answer = message or ""
  if mode == "values" and chunk then answer = listed(pcall(setfenv(chunk, environment()))) end
  write(#answer, "\n", answer)
end

-- Test equipment: the few operating system calls that the `kong` program of the test node needs.
local ffi = require "ffi"

ffi.cdef [[
  int kill(int pid, int sig);
  unsigned int geteuid(void);
  int access(const char *path, int mode);
  int chmod(const char *path, unsigned int mode);
  int rename(const char *from, const char *to);
  int setenv(const char *name, const char *value, int overwrite);
]]

local sys = {}

function sys.exists(path)
  return ffi.C.access(path, 0) == 0
end

function sys.writable(path)
  return ffi.C.access(path, 2) == 0
end

function sys.alive(pid)
  return ffi.C.kill(pid, 0) == 0 or ffi.errno() == 1 -- EPERM: it lives, and is somebody else's
end

function sys.signal(pid, number)
  return ffi.C.kill(pid, number) == 0
end

function sys.is_root()
  return ffi.C.geteuid() == 0
end

function sys.setenv(name, value)
  ffi.C.setenv(name, value, 1)
end

function sys.read(path)
  local file, err = io.open(path, "rb")
  if not file then
    return nil, err
  end
  local text, read_err = file:read("*a")
  file:close()
  return text, read_err
end

--- Writes a whole file through a temporary one.
function sys.write(path, text, mode)
  local temporary = path .. ".new"
  local file, err = io.open(temporary, "wb")
  if not file then
    return nil, err
  end
  local ok, write_err = file:write(text)
  file:close()
  if not ok then
    return nil, write_err
  end
  ffi.C.chmod(temporary, mode or 420)
  if ffi.C.rename(temporary, path) ~= 0 then
    return nil, path .. ": cannot be replaced"
  end
  return true
end

function sys.quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

--- Runs a command line; returns its exit code and what it wrote to both streams.
function sys.run(command)
  local path = os.tmpname()
  local status = os.execute(command .. " >" .. path .. " 2>&1")
  local output = sys.read(path) or ""
  os.remove(path)
  return status == 0 and 0 or math.floor(status / 256), output
end

function sys.sleep(seconds)
  os.execute("sleep " .. seconds)
end

return sys

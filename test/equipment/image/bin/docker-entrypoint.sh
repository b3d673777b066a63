#!/bin/sh
# Test equipment: prepares the prefix, sends the logs to the container's streams and becomes nginx; anything else is run as it is.
set -e
export KONG_NGINX_DAEMON="${KONG_NGINX_DAEMON:-off}"

for name in $(env | sed -n 's/^\(KONG_[A-Z0-9_]*\)_FILE=.*/\1/p'); do
  eval "file=\${${name}_FILE}"
  if [ -f "$file" ]; then
    export "$name=$(cat "$file")"
    unset "${name}_FILE"
  fi
done

if [ "$1" = kong ] && [ "$2" = docker-start ]; then
  shift 2
  export KONG_PREFIX="${KONG_PREFIX:-/usr/local/kong}"
  kong prepare -p "$KONG_PREFIX" "$@"
  rm -f "$KONG_PREFIX"/sockets/*
  ln -sfn /dev/stdout "$KONG_PREFIX/logs/access.log"
  ln -sfn /dev/stdout "$KONG_PREFIX/logs/admin_access.log"
  ln -sfn /dev/stderr "$KONG_PREFIX/logs/error.log"
  exec nginx -e logs/error.log -p "$KONG_PREFIX" -c nginx.conf
fi

exec "$@"

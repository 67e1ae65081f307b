#!/usr/bin/env bash
# Installs the Debian packages of the integration tests, where this runs as root on Debian; says what it left out, and why.
# The tests that need one of them say so by name, and under CI its absence is a failure.
set -euo pipefail
packages=(
  borgbackup              # backup repositories, whole and damaged
  chromium-headless-shell # the HTML report in a real browser, and the walk through the shop
  clamav                  # clamscan, which takes away what it finds
  clamav-daemon           # an anti-virus engine, with signatures of our own
  e2fsprogs               # file systems in a file, to which a power cut is real
  fail2ban                # jails, and whom they block
  fonts-noto-cjk          # Chinese in it
  gnutls-bin              # TLS servers with chosen suites: gnutls-serv
  iptables                # rules of both kinds
  mariadb-server          # dumps of a database, made and brought back
  nginx-light             # and nginx
  iproute2                # hosts with addresses of their own: network namespaces
  nftables                # a packet filter in a network namespace
  nut-client              # power supplies
  nut-server              # that dummy-ups plays
  openssh-client          # ssh-keygen, ssh-agent
  openssh-server          # a server on each of them
  openssl                 # and openssl s_server
  pgbackrest              # and its backups, of all kinds
  postgresql              # a ledger with many writers; the tests start a server of their own
  prometheus              # that scrapes `duheng serve`; promtool checks rules, alerts and names of metrics
  prometheus-blackbox-exporter # a yardstick of `make bench`
  prometheus-node-exporter # load of a host, for the agent
  restic                  # more backup repositories
  sslscan                 # what another enumerator finds on them
  sudo                    # an account that may run listed commands as root
  sysstat                 # load of the past: sadc, sadf
  testssl.sh              # and a third
  wrk                     # the ceiling that `make bench` holds the load generator against
)
missing=()
for package in "${packages[@]}"; do
  dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep --quiet --line-regexp installed || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  exit 0
fi
if ! command -v apt-get >/dev/null; then
  echo "left out: ${missing[*]} (this is no Debian; tests that need them are skipped by name)"
elif [ "$(id --user)" -ne 0 ]; then
  echo "left out: ${missing[*]} (not root: sudo apt-get install ${missing[*]})"
else
  export DEBIAN_FRONTEND=noninteractive
  policy=/usr/sbin/policy-rc.d # none of these may start a service of its own: the tests start what they need
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    trap 'rm --force "$policy"' EXIT
  fi
  apt-get update --quiet --quiet
  apt-get install --quiet --quiet --yes --no-install-recommends "${missing[@]}" >/dev/null
  for package in "${missing[@]}"; do # nor when the machine starts again
    case $package in nginx-light | prometheus | prometheus-blackbox-exporter | prometheus-node-exporter | clamav-daemon | fail2ban | nut-server | nftables | sysstat) systemctl disable --quiet "${package%-light}.service" 2>/dev/null || true ;; esac
  done
fi

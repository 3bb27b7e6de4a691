#!/usr/bin/env bash
# Makes sure that the compiler in use has `core` and `alloc` for wasm32v1-none, and prints the `export` lines a build then needs, if any:
#
#     env=$(scripts/wasm-std.sh) && eval "$env" && cargo build --release --target wasm32v1-none
#
# It stops at the first of these that works:
#   1. the target is installed (`rustup target add wasm32v1-none`): nothing to do, nothing printed;
#   2. source: on Debian, both are built from Debian's package of the standard library source of exactly this rustc (45 MB, 20 seconds
#      of one core). Nothing is installed and no root is needed: the package is unpacked in the cache;
#   3. rustup: the target is added to the toolchain;
#   4. debian: Debian's own pair of compiler and source, unpacked in the cache (138 MB, 35 seconds), prints an `export RUSTC`, meant for the
#      Wasm build alone.
#
# ZIVER_WASM_STD=source|rustup|debian asks for one of them. ZIVER_CACHE moves the cache from ~/.cache/ziver. The second call takes 0.2 seconds.
set -euo pipefail

TARGET=wasm32v1-none
CACHE=${ZIVER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ziver}/wasm-std
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

say() { echo "wasm-std: $*" >&2; }
has_std() { compgen -G "$1/lib/rustlib/$TARGET/lib/libcore-*.rlib" >/dev/null; } # sysroot
rustc_field() { "$1" -vV | sed -n "s/^$2: //p"; }                                # rustc, field

# Runs an apt command on package lists of our own, so that neither root nor the machine's sources are touched.
private() { APT_CONFIG=$WORK/apt.conf "$@"; }

# The lists: from the mirrors that this machine uses, the backports suite (recent rust-src) and the security suite (the pair of step 4).
# apt checks the signatures of both.
read_lists() {
  [ ! -e "$WORK/ready" ] || return 0
  { [ -r "$KEYRING" ] && command -v apt-get dpkg-deb >/dev/null; } || { say "this is no Debian"; return 1; }
  local suites
  # Each line of apt's answer is 'MIRROR/dists/SUITE/InRelease' file size.
  suites=$(apt-get --print-uris update | sed -n "s|^'\(.*\)/dists/\([^/]*\)/InRelease'.*|\1 \2|p")
  mkdir -p "$WORK/lists/partial" "$WORK/cache/archives/partial"
  awk -v by="[signed-by=$KEYRING]" '
    $2 !~ /-/         && !main++     { print "deb", by, $1, "trixie-backports main" }
    $2 ~ /-security$/ && !security++ { print "deb", by, $1, $2, "main" }' <<<"$suites" >"$WORK/sources.list"
  cat >"$WORK/apt.conf" <<CONF
Dir::Etc::SourceList "$WORK/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State::Lists "$WORK/lists";
Dir::Cache "$WORK/cache";
Acquire::Languages "none";
APT::Sandbox::User "$(id -un)";
CONF
  private apt-get -qq update >&2 && touch "$WORK/ready"
}

download() { # package=version...
  rm -rf "$WORK/debs" && mkdir -p "$WORK/debs"
  (cd "$WORK/debs" && private apt-get -qq download "$@" >&2)
}

unpack_library() { # deb, folder that gets library/
  mkdir -p "$2"
  dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --strip-components=4 --wildcards './usr/src/*/library'
}

# Compiles alloc, and core with it, the way rustc's own build does, which needs RUSTC_BOOTSTRAP for this one command.
build_std() { # rustc, folder with library/, sysroot to complete
  local lib=$3/lib/rustlib/$TARGET/lib out=$CACHE/build
  rm -rf "$out" "$lib.new"
  (
    cd "$2/library"
    # This may run inside a build script of another cargo, whose settings are not for this one.
    unset CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_RUSTFLAGS CARGO_BUILD_TARGET CARGO_TARGET_WASM32V1_NONE_RUSTFLAGS RUSTC_WRAPPER RUSTC_WORKSPACE_WRAPPER
    RUSTC=$1 RUSTC_BOOTSTRAP=1 \
      RUSTFLAGS="-Zforce-unstable-if-unmarked --remap-path-prefix=$2=/rustc/$(rustc_field "$1" commit-hash)" \
      cargo build --locked -p alloc --features compiler-builtins-mem --profile dist --target "$TARGET" --target-dir "$out" >&2
  ) || return 1
  mkdir -p "$lib.new" && cp "$out/$TARGET/dist/deps/"*.rlib "$lib.new/" && rm -rf "$lib" && mv "$lib.new" "$lib" &&
    rm -rf "$out" "$2/library" "$WORK/debs"
}

from_source() {
  local release sysroot version
  release=$(rustc_field "$RUSTC" release)
  sysroot=$CACHE/$release-$(rustc_field "$RUSTC" commit-hash | cut -c1-9)
  if ! has_std "$sysroot"; then
    read_lists || return 1
    version=$(private apt-cache madison rust-src | awk -v release="$release+" 'index($3, release) == 1 { print $3; exit }')
    [ -n "$version" ] || { say "Debian has no source of rustc $release"; return 1; }
    say "building core and alloc for $TARGET from rust-src $version (once, about 20 seconds)"
    download "rust-src=$version" || return 1
    unpack_library "$WORK"/debs/rust-src_*.deb "$sysroot" || return 1
    build_std "$RUSTC" "$sysroot" "$sysroot" || return 1
  fi
  echo "export CARGO_TARGET_WASM32V1_NONE_RUSTFLAGS='--sysroot=$sysroot'"
}

from_rustup() {
  command -v rustup >/dev/null && timeout 300 rustup target add "$TARGET" >&2
}

from_debian() {
  local version root std llvm deb bin
  read_lists || return 1
  version=$(private apt-cache madison rustc-web | awk '{ print $3; exit }')
  [ -n "$version" ] || { say "Debian has no rustc-web"; return 1; }
  root=$CACHE/debian-$version
  if ! has_std "$root/usr"; then
    say "building core and alloc for $TARGET with rustc-web $version (once, about 35 seconds)"
    std=$(private apt-cache depends "libstd-rust-web-dev=$version" | sed -n 's/.*Depends: \(libstd-rust-web-[0-9.]*\)$/\1/p' | head -n 1)
    llvm=$(private apt-cache depends "$std=$version" | sed -n 's/.*Depends: libllvm\([0-9]*\).*/\1/p' | head -n 1)
    download {rustc-web,libstd-rust-web-dev,rust-web-src,"$std"}="$version" "libllvm$llvm" "lld-$llvm" || return 1
    rm -rf "$root" && mkdir -p "$root"
    for deb in "$WORK"/debs/*.deb; do
      case $deb in
        */rust-web-src_*) unpack_library "$deb" "$root" || return 1 ;;
        *) dpkg-deb -x "$deb" "$root" || return 1 ;;
      esac
    done
    bin=$root/usr/lib/rustlib/$(rustc_field "$RUSTC" host)/bin
    mkdir -p "$bin" && ln -s "$root/usr/lib/llvm-$llvm/bin/lld" "$bin/rust-lld"
    printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s "$@"\n' "'$(dirname "$root"/usr/lib/*/librustc_driver-*.so)'" "'$root/usr/bin/rustc'" >"$root/rustc"
    chmod +x "$root/rustc"
    "$root/rustc" -V >&2 || { say "its compiler does not run here: libz3-4, libedit2 or libxml2 may be missing"; return 1; }
    build_std "$root/rustc" "$root" "$root/usr" || return 1
  fi
  echo "export RUSTC='$root/rustc'"
}

# The compiler itself and not rustup's stand-in, whose choice depends on the folder it is called in.
SYSROOT=$("${RUSTC:-rustc}" --print sysroot)
RUSTC=${RUSTC:-$SYSROOT/bin/rustc}
! has_std "$SYSROOT" || [ -n "${ZIVER_WASM_STD:-}" ] || exit 0
mkdir -p "$CACHE" && CACHE=$(cd "$CACHE" && pwd) && WORK=$CACHE/apt
if command -v flock >/dev/null; then exec 9>"$CACHE/.lock" && flock 9; fi

# Inside `if`, bash ignores `set -e`: the functions above return at each failure themselves.
for way in ${ZIVER_WASM_STD:-source rustup debian}; do
  case $way in
    source) if from_source; then exit 0; fi ;;
    rustup) if from_rustup; then exit 0; fi ;;
    debian) if from_debian; then exit 0; fi ;;
    *) say "ZIVER_WASM_STD=$way is none of source, rustup, debian" && exit 2 ;;
  esac
done
say "no core for $TARGET: run 'rustup target add $TARGET'"
exit 1

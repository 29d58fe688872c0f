# Sets up a checkout: finds a Python, makes the environment, installs what is missing. Sourced by the other scripts; POSIX sh.
#
#   set_up demo | test | dev      leaves the path of the environment's Python in $python
#
# VENV_DIR names the environment (default: .venv in the checkout), PYTHON the interpreter that makes it, DJANGO a version of Django ("5.2.*").
# A second run finds the marker of the first and installs nothing.

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
venv=${VENV_DIR:-$root/.venv}
python=$venv/bin/python
debian_libraries="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"

say() {
    printf '%s\n' "$*" >&2
}

die() {
    say "$@"
    exit 1
}

# A name on the PATH may be a shim that only fails, so every candidate is run.
is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

can_make_environments() {
    "$1" -c 'import ensurepip, venv' >/dev/null 2>&1
}

# One version by name and where pyenv keeps it.
candidates_of() {
    printf '%s\n' "python$1"
    for installed in "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python; do
        [ ! -x "$installed" ] || printf '%s\n' "$installed"
    done
}

candidates() {
    if [ -n "${PYTHON:-}" ]; then
        printf '%s\n' "$PYTHON"
        return
    fi
    for version in 3.13 3.12 3.11; do
        candidates_of "$version"
    done
    printf '%s\n' python3 python
}

find_version() {
    candidates_of "$1" | while IFS= read -r candidate; do
        if is_new_enough "$candidate" && can_make_environments "$candidate"; then
            printf '%s\n' "$candidate"
            break
        fi
    done
}

find_python() {
    found=''
    while IFS= read -r candidate; do
        is_new_enough "$candidate" || continue
        can_make_environments "$candidate" && found=$candidate && return
        # Debian splits the standard library: this one lacks ensurepip.
        split=${split:-$candidate}
    done <<LIST
$(candidates)
LIST
    [ -n "${split:-}" ] || die "Python 3.11 or newer is needed, and none was found. Install one, or name it: PYTHON=/path/to/python3 $0"
    package=$("$split" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    install_packages "$package" || true
    can_make_environments "$split" || die "Please install $package, then run this again."
    found=$split
}

# Quiet unless it fails; fails where this is no Debian or nobody may install.
install_packages() {
    command -v apt-get >/dev/null 2>&1 || return 1
    if [ "$(id -u)" -eq 0 ]; then
        as_root=''
    elif sudo -n true >/dev/null 2>&1; then
        as_root='sudo -n'
    else
        return 1
    fi
    say "Installing $*"
    # shellcheck disable=SC2086 # empty, or a command and its option
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -qq -y --no-install-recommends "$@" >/dev/null 2>&1 </dev/null ||
        { $as_root apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -qq -y --no-install-recommends "$@" >/dev/null; } </dev/null
}

# An environment that was copied or moved belongs to another folder; one whose Python went away does not start.
environment_is_usable() {
    [ -x "$python" ] && is_new_enough "$python" && [ "$("$python" -c 'import os, sys; print(os.path.realpath(sys.prefix))')" = "$(CDPATH='' cd -- "$venv" && pwd -P)" ]
}

make_environment() {
    environment_is_usable && return
    # What is there is replaced, so it had better be an environment.
    [ ! -e "$venv" ] || [ -f "$venv/pyvenv.cfg" ] || die "$venv is in the way: it is no Python environment. Move it, or name another: VENV_DIR=... $0"
    find_python
    say "Making the environment ${venv#"$root"/} with $("$found" -V)"
    "$found" -m venv --clear "$venv" </dev/null
}

# Changes whenever what has to be installed may have changed.
fingerprint() {
    { cat "$root/pyproject.toml" "$root/scripts/setup.sh"; printf '%s\n' "$root" "${DJANGO:-}"; } | cksum
}

is_installed() {
    [ "$(cat "$venv/.installed-$1" 2>/dev/null)" = "$(fingerprint)" ]
}

mark_installed() {
    for profile in "$@"; do
        fingerprint >"$venv/.installed-$profile"
    done
}

# Twice quiet: warnings of pip are of no use to whoever runs a demo. Errors are shown.
pip() {
    "$python" -m pip --disable-pip-version-check -qq "$@" </dev/null
}

install_project() {
    case $1 in
        demo) profiles='demo' groups='--group demo' ;;
        test) profiles='demo test' groups='--group test' ;;
        dev) profiles='demo test dev' groups='--group dev' ;;
    esac
    say "Installing the packages for: $profiles (the first time takes a minute or two)"
    # Dependency groups came with pip 25.1.
    pip install --upgrade 'pip>=25.1'
    # shellcheck disable=SC2086 # several words on purpose
    (cd "$root" && pip install --editable '.[api,bank,pdf,qr,tasks,xlsx]' $groups ${DJANGO:+"Django==$DJANGO"})
    # shellcheck disable=SC2086
    mark_installed $profiles
}

# Asked of WeasyPrint itself, so that it holds for every system.
has_pdf_libraries() {
    "$python" -c 'import sys; from weasyprint.text.ffi import harfbuzz_subset; sys.exit(harfbuzz_subset is None)' >/dev/null 2>&1
}

install_pdf_libraries() {
    has_pdf_libraries && return
    # shellcheck disable=SC2086 # several packages
    install_packages $debian_libraries && has_pdf_libraries && return
    say "PDFs need libraries of the system that are missing here. Please install them, then run this again:"
    say "  Debian, Ubuntu:  sudo apt-get install $debian_libraries"
    say "  Fedora:          sudo dnf install pango harfbuzz"
    say "  macOS:           brew install pango  (and use Homebrew's Python)"
    exit 1
}

set_up() {
    make_environment
    is_installed "$1" || install_project "$1"
    install_pdf_libraries
}

#!/usr/bin/env bash
# A throw-away Linux desktop: its own X display, session bus and home, and at most one notification daemon and one panel.
#
#   desktop-session.sh [--daemon dunst|xfce|none] [--panel light|dark|none] -- command [arguments]    runs the command in it, then takes it down
#   desktop-session.sh [--daemon dunst|xfce|none] [--panel light|dark|none] --serve                   prints one line of facts, then obeys stdin
#
# Served commands: "daemon-start", "daemon-stop", "daemon-freeze", "daemon-thaw", "panel-start-light", "panel-start-dark",
# "panel-stop"; each is answered by "ok" or "error WORDS". The panel is xfce4-panel with its tray, 36 px along the top.
# The end of stdin (also: whoever started us died) takes everything down. Needs Debian's packages
# xvfb dbus libglib2.0-bin openbox xdotool imagemagick, and dunst or xfce4-notifyd, and xfce4-panel for a panel.
set -euo pipefail

daemon=none
panel=none
serve=no
while [[ $# -gt 0 ]]; do
  case $1 in
    --daemon) daemon=$2; shift ;;
    --panel) panel=$2; shift ;;
    --serve) serve=yes ;;
    --) shift; break ;;
    *) echo "desktop-session: unknown option $1" >&2; exit 2 ;;
  esac
  shift
done

home=$(mktemp -d -t printbell-desktop-XXXXXX)
pids=()
daemon_pid=
panel_pid=
finish() {
  trap - EXIT
  for pid in ${panel_pid:+"$panel_pid"} ${daemon_pid:+"$daemon_pid"} "${pids[@]}"; do kill -CONT "$pid" 2>/dev/null || true; kill "$pid" 2>/dev/null || true; done
  for pid in ${panel_pid:+"$panel_pid"} ${daemon_pid:+"$daemon_pid"} "${pids[@]}"; do
    for _ in {1..40}; do kill -0 "$pid" 2>/dev/null || break; sleep 0.05; done
    kill -9 "$pid" 2>/dev/null || true
  done
  # What others of them started ends with them; wait for it, it may still write into our home.
  for _ in {1..40}; do grep -lsz "^HOME=$home$" /proc/[0-9]*/environ 2>/dev/null | grep -qv "^/proc/$$/" || break; sleep 0.05; done
  rm -rf "$home"
}
trap finish EXIT
trap 'exit 143' TERM INT HUP

mkdir -m 700 "$home/run"
mkdir -p "$home/.config/dunst"
unset DBUS_SESSION_BUS_ADDRESS WAYLAND_DISPLAY XAUTHORITY DISPLAY
export HOME=$home XDG_RUNTIME_DIR=$home/run XDG_CONFIG_HOME=$home/.config XDG_CACHE_HOME=$home/.cache XDG_DATA_HOME=$home/.local/share
export XDG_CURRENT_DESKTOP=XFCE NO_AT_BRIDGE=1 GTK_THEME=Adwaita GDK_BACKEND=x11

# Waits for a file to get its first line (written by a daemon once it listens).
first_line() {
  for _ in {1..200}; do [[ -s $1 ]] && { head -n 1 "$1"; return; }; sleep 0.05; done
  echo "desktop-session: nothing came in $1" >&2
  exit 1
}

# The X server chooses a free display by itself and writes it to descriptor 3.
Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp -ac 3>"$home/display" >"$home/xvfb.log" 2>&1 </dev/null &
pids+=($!)
DISPLAY=:$(first_line "$home/display")
export DISPLAY

# No activation files: "no daemon" must mean none, and nothing shall run that was not started here. (xfce4-notifyd finds no
# settings service then and takes its defaults.)
cat >"$home/bus.conf" <<XML
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=$home/run/bus</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
XML
dbus-daemon --config-file="$home/bus.conf" --nofork --nopidfile --print-address=3 3>"$home/bus" >"$home/dbus.log" 2>&1 </dev/null &
pids+=($!)
DBUS_SESSION_BUS_ADDRESS=$(first_line "$home/bus")
export DBUS_SESSION_BUS_ADDRESS

openbox >"$home/openbox.log" 2>&1 </dev/null &
pids+=($!)

cat >"$home/.config/dunst/dunstrc" <<'INI'
[global]
    width = (300, 420)
    origin = top-right
    offset = 16x16
    font = DejaVu Sans 11
    max_icon_size = 160
    markup = full
    mouse_left_click = do_action, close_current
    mouse_right_click = close_current
INI

daemon_start() {
  case $daemon in
    dunst) dunst >"$home/dunst.log" 2>&1 </dev/null & ;;
    xfce) "$(find /usr/lib /usr/libexec -name xfce4-notifyd -type f 2>/dev/null | head -n 1)" >"$home/xfce.log" 2>&1 </dev/null & ;;
    none) return 0 ;;
    *) echo "desktop-session: unknown daemon $daemon" >&2; return 1 ;;
  esac
  daemon_pid=$!
  gdbus wait --session --timeout 15 org.freedesktop.Notifications
}

daemon_stop() {
  [[ -n $daemon_pid ]] || return 0
  kill -CONT "$daemon_pid" 2>/dev/null || true
  kill "$daemon_pid" 2>/dev/null || true
  wait "$daemon_pid" 2>/dev/null || true
  daemon_pid=
}

# One plugin only: the tray, at the right end. Its settings service is started with it; there is no activation.
panel_start() {
  local theme=$1 xml=$home/.config/xfce4/xfconf/xfce-perchannel-xml
  [[ -z $panel_pid ]] || return 0
  mkdir -p "$xml"
  cat >"$xml/xfce4-panel.xml" <<'XML'
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="36"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/><value type="int" value="2"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
      <property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-2" type="string" value="systray"><property name="square-icons" type="bool" value="true"/></property>
  </property>
</channel>
XML
  # It ends by itself after some minutes without work.
  if [[ -z ${settings_pid:-} ]] || ! kill -0 "$settings_pid" 2>/dev/null; then
    "$(find /usr/lib /usr/libexec -name xfconfd -type f 2>/dev/null | head -n 1)" >"$home/xfconfd.log" 2>&1 </dev/null &
    settings_pid=$!
    pids+=("$settings_pid")
    gdbus wait --session --timeout 15 org.xfce.Xfconf || return 1
  fi
  case $theme in
    light) theme=Adwaita ;;
    dark) theme=Adwaita:dark ;;
    *) echo "desktop-session: unknown panel $theme" >&2; return 1 ;;
  esac
  GTK_THEME=$theme xfce4-panel --disable-wm-check >"$home/panel.log" 2>&1 </dev/null &
  panel_pid=$!
  gdbus wait --session --timeout 15 org.kde.StatusNotifierWatcher
}

panel_stop() {
  [[ -n $panel_pid ]] || return 0
  kill "$panel_pid" 2>/dev/null || true
  wait "$panel_pid" 2>/dev/null || true
  panel_pid=
}

daemon_start
[[ $panel == none ]] || panel_start "$panel"

if [[ $serve == no ]]; then
  # In the background, with our stdin: a signal to us must end the command as well.
  "$@" <&0 &
  pids+=($!)
  status=0
  wait "$!" || status=$?
  exit "$status"
fi

printf '{"display":"%s","busAddress":"%s","home":"%s"}\n' "$DISPLAY" "$DBUS_SESSION_BUS_ADDRESS" "$home"
while read -r line; do
  case $line in
    daemon-start) daemon_start && echo ok || echo "error $daemon did not start" ;;
    daemon-stop) daemon_stop && echo ok ;;
    daemon-freeze) kill -STOP "$daemon_pid" && echo ok ;;
    daemon-thaw) kill -CONT "$daemon_pid" && echo ok ;;
    panel-start-light | panel-start-dark) panel_start "${line#panel-start-}" && echo ok || echo "error the panel did not start" ;;
    panel-stop) panel_stop && echo ok ;;
    *) echo "error unknown command" ;;
  esac
done

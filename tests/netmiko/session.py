"""What a network engineer's script does with an appliance, done with tsuji by the same driver.

usage: session.py nec_ix_telnet|yamaha_telnet PORT
"""

import sys

from netmiko import ConnectHandler

ROUTES = 300

WORDS = {
    "nec_ix_telnet": {
        "lines": [f"ip route 10.{n // 250}.{n % 250}.0/24 Null0.0" for n in range(ROUTES)],
        "context": ["interface GigaEthernet1.0", "description to the office", "no shutdown"],
        "show": "show running-config",
    },
    "yamaha_telnet": {
        "lines": [f"ip route 10.{n // 250}.{n % 250}.0/24 gateway null" for n in range(ROUTES)],
        "context": ["ip lan1 address 192.168.100.1/24"],
        "show": "show config",
    },
}


def main():
    device, port = sys.argv[1], int(sys.argv[2])
    words = WORDS[device]
    with ConnectHandler(
        device_type=device, host="127.0.0.1", port=port, username="admin", password="", secret=""
    ) as router:
        # Enters the mode for configurations, waits for the echo of every line, and leaves.
        router.send_config_set(words["context"])
        said = router.send_config_set(words["lines"], error_pattern=r"Invalid|Error:|エラー:")
        assert words["lines"][-1] in said, said
        router.save_config()

        shown = router.send_command(words["show"])
        assert "--More--" not in shown and "---" not in shown, shown
        missing = [line for line in words["lines"] + words["context"] if line not in shown]
        assert not missing, f"{missing} is not in {shown}"

        # The level for configurations can be left and entered again.
        router.exit_enable_mode()
        assert not router.check_enable_mode()
        router.enable()
        assert router.check_config_mode()


main()

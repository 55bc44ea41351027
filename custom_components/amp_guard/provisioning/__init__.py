"""A new Amp Guard: put on the Wi-Fi by its own page, and found on the LAN."""


class WifiPageError(Exception):
    """The device's Wi-Fi page cannot be used."""


class PageUnreachableError(WifiPageError):
    """Nothing answers at its address; nothing was submitted."""


class NotTheDeviceError(WifiPageError):
    """What answers is not the page of an Amp Guard; nothing was submitted."""


class AnotherDeviceError(WifiPageError):
    """The page shows another serial number; nothing was submitted."""


class FormNotFoundError(WifiPageError):
    """The page has no form with the fields; nothing was submitted."""


class NetworkNotListedError(WifiPageError):
    """The device does not see the property's network; nothing was submitted."""


class NoReplyError(WifiPageError):
    """The form went out and no reply came: the device may have left its own Wi-Fi."""

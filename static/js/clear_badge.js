// The mark that a notification has put on the installed site's icon goes once the alerts are looked at.
navigator.clearAppBadge?.();

#!/bin/sh
# The hand at the editor: fills in the secrets of an environment file, by the commands in it.
# The mail server is the test's.
set -eu
secret=$(python3 -c "import secrets; print(secrets.token_urlsafe(50))")
vapid=$(openssl ecparam -name prime256v1 -genkey -noout -outform DER | dd bs=1 skip=7 count=32 \
    2>/dev/null | base64 | tr '+/' '-_' | tr -d '=\n')
sed -i -e "s|^SECRET_KEY=.*|SECRET_KEY=$secret|" -e "s|^VAPID_PRIVATE_KEY=.*|VAPID_PRIVATE_KEY=$vapid|" \
    -e "s|^EMAIL_URL=.*|EMAIL_URL=smtp://$(cat /etc/mail-server)|" "$1"

"""What other packages bring into admin and we take out: secrets, and permissions past the role."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group

admin.site.unregister([Group, Authenticator, EmailAddress, UserSession])

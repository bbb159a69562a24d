"""Addresses of the account pages."""

from django.urls import path

from lawcrm.accounts.views import passwords, profile, second_factor, sign_in

app_name = "accounts"

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/code/", sign_in.code, name="second_factor"),
    path("sign-in/recovery/", sign_in.recovery, name="recovery"),
    path("sign-in/set-up/", second_factor.enrol, name="enrol"),
    path("sign-in/set-up/begin/", second_factor.enrol_begin, name="enrol_begin"),
    path("sign-in/forgotten/", passwords.forgotten, name="forgotten"),
    path("sign-in/forgotten/sent/", passwords.forgotten_sent, name="forgotten_sent"),
    path("sign-in/link/<str:token>/", passwords.follow_link, name="password_link"),
    path("sign-in/new-password/", passwords.new_password, name="new_password"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("profile/", profile.profile, name="profile"),
    path("profile/password/", passwords.change_password, name="password"),
    path("profile/devices/", profile.sessions, name="sessions"),
    path("profile/recovery-codes/", second_factor.recovery_codes, name="recovery_codes"),
    path("roles/", profile.roles, name="roles"),
    path("demo/codes/", profile.demo_codes, name="demo_codes"),
]

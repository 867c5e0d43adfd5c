# SPDX-License-Identifier: Apache-2.0
"""The cases of credentials.sh: environment, files and profile, and what is expected.

@STS:MOOD@, @CONTAINER:MOOD@ and @METADATA:MOOD@ are URLs of the stand-ins, DIR a directory of the case's own.
expect: "same": botocore and we find the same; "none": neither finds any; "ours": we find some (botocore
does not or cannot), "refused": we find none (botocore may). says: what our error says, a regular expression.
"""
from credentials_fakes import secret_of, token_of

ROLE = "role_arn = arn:aws:iam::111122223333:role/reader\n"


def keys(key, token=None):
    text = "aws_access_key_id = %s\naws_secret_access_key = %s\n" % (key, secret_of(key))
    return text + ("aws_session_token = %s\n" % token if token else "")


def env_keys(key, token=None):
    env = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret_of(key)}
    if token:
        env["AWS_SESSION_TOKEN"] = token
    return env


class Case:
    def __init__(self, name, expect="same", provider=None, env=None, config="", credentials="", profile=None,
                 says=None, files=None, path=None, asked=None):
        self.name, self.expect, self.provider, self.env = name, expect, provider, env or {}
        self.config, self.credentials, self.profile = config, credentials, profile
        self.says, self.files, self.path, self.asked = says, files or {}, path, asked


def sts(mood):
    return {"AWS_ENDPOINT_URL_STS": "@STS:%s@" % mood}


def process(text, name="get"):
    """A credential_process that says text."""
    return {"config": "[default]\ncredential_process = sh DIR/%s\n" % name,
            "files": {name: "cat <<'END'\n%s\nEND\necho SECRET >&2\n" % text}}


PROCESS = '{"Version": 1, "AccessKeyId": "IDP", "SecretAccessKey": "%s"%%s}' % secret_of("IDP")

PLAIN = [
    Case("environment", provider="environment", env=env_keys("IDE")),
    Case("environment with a token", provider="environment", env=env_keys("IDE", token_of("IDE"))),
    Case("the older name of the token first", env={**env_keys("IDE", "new"), "AWS_SECURITY_TOKEN": "old"}),
    Case(
        "environment that expires",
        env={**env_keys("IDE"), "AWS_CREDENTIAL_EXPIRATION": "2126-01-02T03:04:05+02:00"}),
    Case("environment that has expired", "none", says="expired already",
         env={**env_keys("IDE"), "AWS_CREDENTIAL_EXPIRATION": "2020-01-02T03:04:05Z"}),
    Case(
        "half an environment", "none", env={"AWS_ACCESS_KEY_ID": "IDE"},
        credentials="[default]\n" + keys("IDC"), says="AWS_SECRET_ACCESS_KEY is not"),
    Case("a profile that was typed before the environment", provider="config-file", env=env_keys("IDE"),
         config="[profile a]\n" + keys("IDA"), profile="a"),
    Case(
        "AWS_PROFILE behind the environment", provider="environment",
        env={**env_keys("IDE"), "AWS_PROFILE": "a"}, config="[profile a]\n" + keys("IDA")),
    Case(
        "AWS_PROFILE", env={"AWS_PROFILE": "a"}, config="[profile a]\n" + keys("IDA"),
        provider="config-file"),
    Case("both files", provider="shared-credentials-file", config="[default]\n" + keys("IDA"),
         credentials="[default]\n" + keys("IDC", "tc")),
    Case("config file with a token", provider="config-file", config="[default]\n" + keys("IDA", "ta")),
    Case(
        "the older name of the token in a file",
        credentials="[default]\n" + keys("IDC", "new") + "aws_security_token = old\n"),
    Case(
        "half a file", "none", credentials="[default]\naws_access_key_id = x\n",
        config="[default]\n" + keys("IDA"), says="no aws_secret_access_key"),
    Case(
        "the secret alone is nothing", provider="config-file",
        credentials="[default]\naws_secret_access_key = x\n", config="[default]\n" + keys("IDA")),
    Case(
        "nothing at all", "none", says="^no AWS credentials were found .*environment: .*instance-metadata: "),
]

PROCESSES = [
    Case("process", provider="process", **process(PROCESS % "")),
    Case("process with all", provider="process",
         **process(PROCESS % ', "SessionToken": "t", "Expiration": "2126-01-01T00:00:00.5Z", "Other": {}')),
    Case("process with nulls", **process(PROCESS % ', "SessionToken": null, "Expiration": null')),
    Case(
        "process that has expired", "none", says="expired already",
        **process(PROCESS % ', "Expiration": "2020-01-01T00:00:00Z"')),
    Case(
        "process of version 2", "none", says="no Version of 1",
        **process((PROCESS % "").replace("1", "2", 1))),
    Case(
        "process without a version", "none", says="no Version of 1",
        **process((PROCESS % "").replace('"Version": 1, ', ""))),
    Case(
        "process without a secret", "none", says="no SecretAccessKey",
        **process('{"Version":1,"AccessKeyId":"x"}')),
    Case("process that says no JSON", "none", says="not a JSON object", **process("SECRET/abc")),
    Case(
        "process that says too much", "refused", says="wrote too much",
        config="[default]\ncredential_process = yes SECRET\n"),
    Case(
        "process that fails", "none", says="ended with status 3 .run it by hand",
        config="[default]\ncredential_process = sh DIR/x\n", files={"x": "echo SECRET >&2; exit 3\n"}),
    Case(
        "no such process", "none", says="could not be started: No such file",
        config="[default]\ncredential_process = DIR/none SECRET\n"),
    Case(
        "process with quotes, not by a shell", provider="process",
        config="[default]\ncredential_process = sh \"DIR/a b\" 'c \"d' $HOME ';' \\* e\\ f \"\" '' \"\\x\\\"\"\n",
        files={"a b": 'test "$*" = "c \\"d \\$HOME ; * e f   \\\\x\\"" -a $# = 8 && cat DIR/out\n',
            "out": PROCESS % ""}),
    Case(
        "a quote that is not closed", "none", says="not closed",
        config="[default]\ncredential_process = sh 'x\n"),
    Case(
        "process of the AWS CLI", provider="process", credentials="[b]\n" + keys("IDB", "tb"),
        config="[default]\ncredential_process = aws configure export-credentials --profile b --format process\n"),
]

ROLES = [
    Case("role", provider="assume-role", env=sts("normal"), profile="a",
         config="[profile a]\n" + ROLE + "source_profile = b\n[profile b]\n" + keys("IDB")),
    Case(
        "role with all", env=sts("normal"), profile="a",
        credentials="[b]\n" + keys("ASIAB", token_of("ASIAB")),
        config="[profile a]\n" + ROLE + "source_profile = b\nexternal_id = e&x=1 +%/\nrole_session_name = me@x,=.-\n"
            "duration_seconds = 3600\n"),
    Case("a duration that is none", env=sts("normal"), profile="a", credentials="[b]\n" + keys("IDB"),
         config="[profile a]\n" + ROLE + "source_profile = b\nduration_seconds = an hour\n"),
    Case(
        "role in the credentials file", env=sts("normal"),
        credentials="[default]\n" + ROLE + "source_profile = default\n" + keys("IDC")),
    Case(
        "its own source", env=sts("normal"),
        config="[default]\n" + ROLE + "source_profile = default\n" + keys("IDA")),
    Case(
        "three roles in a row", env=sts("normal"), profile="a", provider="assume-role",
        config="[profile a]\n" + ROLE + "source_profile = b\n[profile b]\nrole_arn = arn:aws:iam::111122223333:role/b\nsource_profile = c\n"
            "[profile c]\nrole_arn = arn:aws:iam::111122223333:role/c\nexternal_id = cc\nsource_profile = d\n[profile d]\n" + keys("IDD")),
    Case(
        "a role's source with keys is no role", env=sts("normal"), profile="a",
        config="[profile a]\n" + ROLE + "source_profile = b\n[profile b]\nrole_arn = arn:aws:iam::111122223333:role/b\nsource_profile = a\n" + keys("IDB")),
    Case(
        "from a process", env=sts("normal"), profile="a", files=process(PROCESS % "")["files"],
        config="[profile a]\n" + ROLE + "source_profile = b\n[profile b]\ncredential_process = sh DIR/get\n"),
    Case(
        "from web identity",
        env={**sts("normal"), "AWS_ROLE_ARN": "arn:no", "AWS_WEB_IDENTITY_TOKEN_FILE": "/none"}, profile="a",
        files={"token": "WEBTOKEN.b"},
        config="[profile a]\n" + ROLE + "source_profile = b\n[profile b]\nrole_arn = arn:aws:iam::111122223333:role/b\nweb_identity_token_file = DIR/token\n"),
    Case(
        "from the environment", env={**sts("normal"), **env_keys("IDE")}, profile="a",
        provider="assume-role", config="[profile a]\n" + ROLE + "credential_source = Environment\n"),
    Case(
        "from a container",
        env={**sts("normal"), "AWS_CONTAINER_CREDENTIALS_FULL_URI": "@CONTAINER:normal@"}, profile="a",
        config="[profile a]\n" + ROLE + "credential_source = EcsContainer\n"),
    Case(
        "from instance metadata",
        env={**sts("normal"), "AWS_EC2_METADATA_SERVICE_ENDPOINT": "@METADATA:normal@",
            "AWS_EC2_METADATA_DISABLED": "false",
            "AWS_METADATA_SERVICE_TIMEOUT": "5"},
        profile="a", config="[profile a]\n" + ROLE + "credential_source = Ec2InstanceMetadata\n"),
    Case(
        "no credentials in the environment", "none", env=sts("normal"), profile="a",
        says="AWS_ACCESS_KEY_ID is not set",
        config="[profile a]\n" + ROLE + "credential_source = Environment\n"),
    Case(
        "no such source", "none", profile="a", config="[profile a]\n" + ROLE + "credential_source = Other\n",
        says="is none of"),
    Case(
        "both sources", "none", profile="a",
        config="[profile a]\n" + ROLE + "credential_source = Environment\nsource_profile = a\n", says="both"),
    Case("no source", "none", profile="a", config="[profile a]\n" + ROLE, says="no source_profile"),
    Case(
        "a source that there is not", "none", profile="a",
        config="[profile a]\n" + ROLE + "source_profile = b\n", says="which there is not"),
    Case("a circle", "none", profile="a", says="circle",
         config="[profile a]\n" + ROLE + "source_profile = b\n[profile b]\n" + ROLE + "source_profile = a\n"),
    Case(
        "a source without credentials", "none", profile="a",
        says="source_profile b of profile a has no credentials",
        config="[profile a]\n" + ROLE + "source_profile = b\n[profile b]\nregion = x\n"),
    Case(
        "a token code", "refused", profile="a", says="mfa_serial, and no token code",
        credentials="[b]\n" + keys("IDB"),
        config="[profile a]\n" + ROLE + "source_profile = b\nmfa_serial = arn:aws:iam::111122223333:mfa/x\n"),
]

WEB = {"AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/web", "AWS_WEB_IDENTITY_TOKEN_FILE": "DIR/token"}
TOKEN = {"token": "WEBTOKEN.a+b/=&%20\n"}

STS = [
    Case(
        "web identity", provider="web-identity", env={**sts("normal"), **WEB, "AWS_ROLE_SESSION_NAME": "me"},
        files=TOKEN),
    Case("web identity, its own session name", env={**sts("normal"), **WEB}, files=TOKEN),
    Case(
        "web identity of a profile", env=sts("normal"), profile="a", files=TOKEN,
        config="[profile a]\nrole_arn = arn:aws:iam::111122223333:role/w\nweb_identity_token_file = DIR/token\nrole_session_name = pp\n"),
    Case(
        "web identity without a role", "none",
        env={**sts("normal"), "AWS_WEB_IDENTITY_TOKEN_FILE": "DIR/token"}, files=TOKEN,
        says="neither AWS_ROLE_ARN nor a role_arn"),
    Case(
        "web identity without its file", "none", env={**sts("normal"), **WEB},
        says="token file .*/token: No such file"),
    Case("web identity throttled", env={**sts("throttled"), **WEB}, files=TOKEN),
    Case("web identity, provider not reached at first", env={**sts("idp"), **WEB}, files=TOKEN),
    Case(
        "web identity sent back", "none", env={**sts("echo"), **WEB}, files=TOKEN,
        says='SignatureDoesNotMatch'),
] + [
    Case(
        "role, STS is " + mood, expect, env={**sts(mood), "AWS_MAX_ATTEMPTS": attempts}, profile="a",
        says=says,
        config="[profile a]\n" + ROLE + "source_profile = b\n[profile b]\n" + keys("ASIAB", token_of("ASIAB")))
    for mood, expect, attempts, says in [
        ("throttled", "same", "3", None),
        ("throttled", "none", "2", "Throttling"),
        ("unavailable", "same", "2", None),
        ("down", "none", "2", "InternalFailure"),
        ("denied", "none", "3", "AccessDenied.*grant sts:AssumeRole on arn:aws:iam::111122223333:role/reader"),
        ("echo", "none", "3", "no match"),
        ("garbage", "none", "1", "not XML"),
        ("no_keys", "none", "1", "no credentials in it"),
        ("huge", "none", "1", "STS|too l|more than|longer"),
        ("expired", "none", "1", "expired already"),
        ("ahead", "ours", "3", None),
    ]
]


def container(name, mood, expect="same", env=None, **others):
    return Case("container, " + name, expect, provider="container" if expect != "none" else None,
                env={"AWS_CONTAINER_CREDENTIALS_FULL_URI": "@CONTAINER:%s@" % mood, **(env or {})}, **others)


CONTAINERS = [
    container("full URI", "normal"),
    container("with a token", "normal", env={"AWS_CONTAINER_AUTHORIZATION_TOKEN": "Basic AUTHTOKEN"}),
    container(
        "with a token file", "normal", "ours", files={"t": "Bearer AUTHTOKEN"},
        env={"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "DIR/t", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "no"},
        asked={"Authorization": "Bearer AUTHTOKEN"}),
    container(
        "a token with a line break", "normal", "none",
        env={"AWS_CONTAINER_AUTHORIZATION_TOKEN": "AUTHTOKEN\r\nX: y"},
        says="AWS_CONTAINER_AUTHORIZATION_TOKEN holds a line break"),
    container(
        "a token file with a line break", "normal", "refused", files={"t": "AUTHTOKEN\n"},
        says="TOKEN_FILE holds a line break", env={"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "DIR/t"}),
    container("twice unavailable", "flaky"),
    container("down", "down", "none", says="HTTP status 500"),
    container("not found", "not_found", "none", says="HTTP status 404"),
    container("redirects are not followed", "redirect", "none", says="HTTP status 302"),
    container("garbage", "garbage", "none", says="not a JSON object"),
    container("without an expiration", "never", "none", says="no Expiration"),
    container("a token that breaks a header", "hostile", "refused", says="session token holds"),
    container("too much", "huge", "refused", says="container"),
    container(
        "by no proxy", "normal", "ours",
        env={"http_proxy": "http://127.0.0.1:1", "all_proxy": "http://127.0.0.1:1"}),
    Case(
        "container, a host of somebody else", "none",
        env={"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/x"},
        says="http of a host that is neither"),
    Case(
        "container, nobody listens", "refused",
        env={"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/x"}, says="container"),
]


def metadata(name, mood, expect="same", env=None, **others):
    return Case(
        "metadata, " + name, expect,
        provider="instance-metadata" if expect not in ("none", "refused") else None,
        env={"AWS_EC2_METADATA_SERVICE_ENDPOINT": "@METADATA:%s@" % mood, "AWS_EC2_METADATA_DISABLED": "false",
            "AWS_METADATA_SERVICE_TIMEOUT": "5", **(env or {})},
        **others)


METADATA = [
    metadata("version 2", "normal"),
    metadata("a line behind the role", "line", "ours"),
    metadata(
        "disabled", "normal", "none", env={"AWS_EC2_METADATA_DISABLED": "True"},
        says="AWS_EC2_METADATA_DISABLED is true"),
    metadata("endpoint in the profile", "normal", env={"AWS_EC2_METADATA_SERVICE_ENDPOINT": None},
             config="[default]\nec2_metadata_service_endpoint = @METADATA:normal@\n"),
    metadata("endpoint before mode", "normal", env={"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"}),
    metadata(
        "no such mode", "normal", "none", env={"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "ipv5"},
        says="neither ipv4 nor ipv6"),
    metadata("version 1 alone", "version_1"),
    metadata("version 1 alone, tokens forbidden", "version_1_forbidden"),
    metadata(
        "version 1 ruled out", "version_1", "refused", env={"AWS_EC2_METADATA_V1_DISABLED": "true"},
        says="refused with HTTP status 404"),
    metadata("tokens refused", "token_refused", "none", says="refused with HTTP status 400"),
    metadata("a token that ends", "token_ends", "ours"),
    metadata("a token that is none", "bad_token", "refused", says="session token is none"),
    metadata("forbidden", "forbidden", "none", says="HTTP status 403"),
    metadata("no role", "no_role", "none", says="the instance has no role"),
    metadata("a role that is none", "hostile", "none", says="role is none"),
    metadata("an empty role", "empty", "none", says="role is none"),
    metadata("garbage", "garbage", "none", says="not a JSON object"),
    metadata("a role that may not be assumed", "refused", "none", says="Code: AssumeRoleUnauthorizedAccess"),
    metadata("no token in it", "no_token", "none", says="no Token"),
    metadata("expired ones last longer", "stale"),
    metadata("unavailable once", "unavailable_once", "none", says="HTTP status 503"),
    metadata(
        "unavailable once, two attempts", "unavailable_once", env={"AWS_METADATA_SERVICE_NUM_ATTEMPTS": "2"}),
    metadata(
        "token unavailable once, two attempts", "token_unavailable",
        env={"AWS_METADATA_SERVICE_NUM_ATTEMPTS": "2"}),
    metadata("slow", "slow", "none", env={"AWS_METADATA_SERVICE_TIMEOUT": None}, says="no answer from "),
    metadata("slow, and time for it", "slow"),
    metadata(
        "by no proxy", "normal", "ours",
        env={"http_proxy": "http://127.0.0.1:1", "all_proxy": "http://127.0.0.1:1"}),
    metadata(
        "not a URL", "normal", "refused", env={"AWS_EC2_METADATA_SERVICE_ENDPOINT": "file:///etc/passwd"},
        says="is not a URL"),
    metadata(
        "a URL with a password", "normal", "refused",
        env={"AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://user:EXAMPLE@127.0.0.1/"}, says="is not a URL that can be used: it has no port"),
]

# Where the addresses that have a meaning are ours.
WELL_KNOWN = [
    Case(
        "container, relative URI", provider="container",
        env={"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/x?y=z"}),
    Case(
        "container, relative before full",
        env={"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/"}),
    Case("metadata at its own address", provider="instance-metadata",
         env={"AWS_EC2_METADATA_DISABLED": "false", "AWS_METADATA_SERVICE_TIMEOUT": "5"}),
    Case("container before metadata", provider="container",
         env={"AWS_EC2_METADATA_DISABLED": "false", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x"}),
]

SSO = "sso_start_url = https://x.example/start\nsso_region = us-east-1\nsso_account_id = 111122223333\nsso_role_name = reader\n"
FAKE_CLI = ("#!/bin/sh\n[ \"$*\" = 'configure export-credentials --profile a --format process' ] || exit 9\n"
            "cat <<'END'\n%s\nEND\n" % (PROCESS % ', "SessionToken": "t", "Expiration": "2126-01-01T00:00:00+00:00"'))

# What botocore would ask IAM Identity Center itself for; a stand-in for the AWS CLI in the first place of PATH.
CLI = [
    Case(
        "SSO", "ours", provider="sso", config="[profile a]\n" + SSO, profile="a",
        files={"bin/aws": FAKE_CLI}, path="DIR/bin"),
    Case(
        "SSO with a session", "ours", provider="sso", profile="a", files={"bin/aws": FAKE_CLI},
        path="DIR/bin",
        config="[profile a]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n"
            "[sso-session s]\nsso_start_url = https://x.example/start\nsso_region = us-east-1\n"),
    Case(
        "a role from SSO", "ours", provider="assume-role", env=sts("normal"), profile="r",
        files={"bin/aws": FAKE_CLI}, path="DIR/bin",
        config="[profile r]\n" + ROLE + "source_profile = a\n[profile a]\n" + SSO),
    Case("login", "ours", provider="login", config="[profile a]\nlogin_session = arn:x\n", profile="a",
         files={"bin/aws": FAKE_CLI}, path="DIR/bin"),
    Case(
        "SSO that is not signed in", "none", config="[profile a]\n" + SSO, profile="a",
        says="ended with status 255.*aws sso login", files={"bin/aws": "#!/bin/sh\necho SECRET; exit 255\n"},
        path="DIR/bin"),
    Case("SSO without the AWS CLI", "none", config="[profile a]\n" + SSO, profile="a", path="DIR/none",
         says="could not be started: No such file.*need the AWS CLI"),
    Case(
        "login without the AWS CLI", "refused", config="[profile a]\nlogin_session = arn:x\n", profile="a",
        path="DIR/none", says="need the AWS CLI"),
    Case(
        "half of SSO", "none", config="[profile a]\nsso_role_name = r\n", profile="a",
        says="profile a has no sso_start_url"),
    Case("no such sso-session", "none", profile="a", says="sso-session s, which is not",
         config="[profile a]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n"),
]

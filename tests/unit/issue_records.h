/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_ISSUE_RECORDS_H
#define TESTS_UNIT_ISSUE_RECORDS_H

/* Issuing events in the shapes that AWS documents and delivers, each different thing in each. */
#define ISSUE_TIME "2026-11-22T06:22:40Z"
#define ISSUE_AT_S INT64_C(1795328560)
#define ISSUE_RECORD(source, name, more)                                                           \
	"{\"eventVersion\":\"1.11\",\"eventTime\":\"" ISSUE_TIME "\",\"eventSource\":\"" source    \
	".amazonaws.com\",\"eventName\":\"" name "\"," more ",\"eventID\":\"e-1\"}"
#define ISSUE_CREDENTIALS                                                                          \
	"\"credentials\":{\"accessKeyId\":\"ASIAIOSFODNN7EXAMPLE\",\"sessionToken\":"              \
	"\"SECRET-TOKEN\",\"expiration\":\"Nov 22, 2026, 7:22:40 AM\"}"
#define ISSUE_IAM_USER                                                                             \
	"\"userIdentity\":{\"type\":\"IAMUser\",\"principalId\":\"AIDAEXAMPLE\",\"arn\":"          \
	"\"arn:aws:iam::111122223333:user/alice\",\"accountId\":\"111122223333\","                 \
	"\"accessKeyId\":\"AKIAIOSFODNN7EXAMPLE\",\"userName\":\"alice\"}"
#define ISSUE_ROLE_SESSION(more)                                                                   \
	"\"userIdentity\":{\"type\":\"AssumedRole\",\"principalId\":\"AROAEXAMPLE:alice\","        \
	"\"arn\":\"arn:aws:sts::111122223333:assumed-role/Admin/alice\",\"sessionContext\":{"      \
	"\"sessionIssuer\":{\"type\":\"Role\"},\"attributes\":{\"creationDate\":"                  \
	"\"2026-11-22T06:00:00Z\",\"mfaAuthenticated\":\"false\"}" more "}}"
#define ISSUE_SIGN_IN "arn:aws:signin:us-east-1:111122223333:session/3f1c"

#define ISSUE_RECORD_ASSUME_ROLE                                                                   \
	ISSUE_RECORD("sts", "AssumeRole",                                                          \
	    ISSUE_IAM_USER                                                                         \
	    ",\"requestParameters\":{\"roleArn\":\"arn:aws:iam::111122223333:role/ops/Admin\","    \
	    "\"roleSessionName\":\"alice\",\"serialNumber\":"                                      \
	    "\"arn:aws:iam::111122223333:mfa/alice\",\"sourceIdentity\":\"asked\","                \
	    "\"durationSeconds\":3600,\"tags\":[{\"key\":\"Team\",\"value\":\"Ops\"},{\"key\":"    \
	    "\"Email\",\"value\":\"alice@example.com\"}],\"transitiveTagKeys\":[\"Team\"],"        \
	    "\"incomingTransitiveTags\":{\"Cost\":\"12\"}},\"responseElements\":"                  \
	    "{" ISSUE_CREDENTIALS ",\"assumedRoleUser\":{\"assumedRoleId\":"                       \
	    "\"AROAEXAMPLE:alice\",\"arn\":"                                                       \
	    "\"arn:aws:sts::111122223333:assumed-role/Admin/alice\"},\"sourceIdentity\":"          \
	    "\"alice\"}")

#define ISSUE_RECORD_SAML                                                                          \
	ISSUE_RECORD("sts", "AssumeRoleWithSAML",                                                  \
	    "\"userIdentity\":{\"type\":\"SAMLUser\",\"principalId\":\"qualifier:alice\","         \
	    "\"userName\":\"alice\",\"identityProvider\":\"qualifier\"},\"requestParameters\":{"   \
	    "\"sAMLAssertionID\":\"_1\",\"roleSessionName\":\"alice@example.com\",\"roleArn\":"    \
	    "\"arn:aws:iam::111122223333:role/Saml\",\"principalArn\":"                            \
	    "\"arn:aws:iam::111122223333:saml-provider/Idp\",\"principalTags\":{\"User\":"         \
	    "\"al\\u00efce\"},\"sourceIdentity\":\"alice\"},\"responseElements\":"                 \
	    "{" ISSUE_CREDENTIALS ",\"assumedRoleUser\":{\"assumedRoleId\":\"AROASAML:alice@"      \
	    "example.com\",\"arn\":\"arn:aws:sts::111122223333:assumed-role/Saml/alice\"},"        \
	    "\"subject\":\"alice-subject\",\"subjectType\":\"persistent\",\"issuer\":"             \
	    "\"https://idp.example.com\",\"nameQualifier\":\"qualifier\",\"audience\":\"a\"}")

#define ISSUE_RECORD_WEB                                                                           \
	ISSUE_RECORD("sts", "AssumeRoleWithWebIdentity",                                           \
	    "\"userIdentity\":{\"type\":\"WebIdentityUser\",\"principalId\":\"iss:app:repo\","     \
	    "\"userName\":\"repo\",\"identityProvider\":\"iss\"},\"requestParameters\":{"          \
	    "\"roleArn\":\"arn:aws:iam::111122223333:role/Web\",\"roleSessionName\":\"run-7\","    \
	    "\"providerId\":\"www.example.com\"},\"responseElements\":{" ISSUE_CREDENTIALS         \
	    ",\"assumedRoleUser\":{\"assumedRoleId\":\"AROAWEB:run-7\",\"arn\":"                   \
	    "\"arn:aws:sts::111122223333:assumed-role/Web/run-7\"},"                               \
	    "\"subjectFromWebIdentityToken\":\"repo:o/r\",\"provider\":"                           \
	    "\"arn:aws:iam::111122223333:oidc-provider/token.example.com\"}")

#define ISSUE_RECORD_FEDERATION                                                                    \
	ISSUE_RECORD("sts", "GetFederationToken",                                                  \
	    ISSUE_IAM_USER ",\"requestParameters\":{\"name\":\"bob\",\"durationSeconds\":3600},"   \
			   "\"responseElements\":{" ISSUE_CREDENTIALS                              \
			   ",\"federatedUser\":{\"federatedUserId\":\"111122223333:bob\","         \
			   "\"arn\":\"arn:aws:sts::111122223333:federated-user/bob\"}}")

#define ISSUE_RECORD_SESSION_TOKEN                                                                 \
	ISSUE_RECORD("sts", "GetSessionToken",                                                     \
	    ISSUE_IAM_USER                                                                         \
	    ",\"requestParameters\":{\"serialNumber\":\"arn:aws:iam::111122223333:mfa/alice\"},"   \
	    "\"responseElements\":{" ISSUE_CREDENTIALS "}")

#define ISSUE_RECORD_ROOT(target)                                                                  \
	ISSUE_RECORD("sts", "AssumeRoot",                                                          \
	    ISSUE_ROLE_SESSION("") ",\"requestParameters\":{\"targetPrincipal\":\"" target         \
				   "\",\"taskPolicyArn\":{\"arn\":\"x\"}},\"responseElements\":"   \
				   "{" ISSUE_CREDENTIALS "}")

#define ISSUE_IDENTITY_CENTER                                                                      \
	"\"userIdentity\":{\"type\":\"IdentityCenterUser\",\"accountId\":\"111122223333\","        \
	"\"onBehalfOf\":{\"userId\":\"u-1\",\"identityStoreArn\":"                                 \
	"\"arn:aws:identitystore::111122223333:identitystore/d-1\"},\"credentialId\":\"c-1\"}"
#define ISSUE_RECORD_SET(name)                                                                     \
	ISSUE_RECORD("sso", name,                                                                  \
	    ISSUE_IDENTITY_CENTER                                                                  \
	    ",\"eventType\":\"AwsServiceEvent\",\"requestParameters\":null,"                       \
	    "\"responseElements\":null,\"serviceEventDetails\":{\"role_name\":\"Admin\","          \
	    "\"account_id\":\"111122223333\"}")

#define ISSUE_RECORD_SIGN_IN(name, answer)                                                         \
	ISSUE_RECORD("signin", name,                                                               \
	    ISSUE_ROLE_SESSION(                                                                    \
		",\"signInSessionArn\":\"" ISSUE_SIGN_IN                                           \
		"\"") ",\"eventType\":\"AwsConsoleSignIn\",\"requestParameters\":null,"            \
		      "\"responseElements\":{\"" name "\":\"" answer                               \
		      "\"},\"additionalEventData\":{"                                              \
		      "\"MobileVersion\":\"No\",\"MFAUsed\":\"Yes\",\"SwitchFrom\":"               \
		      "\"arn:aws:iam::111122223333:user/alice\"}")

#define ISSUE_RECORD_OAUTH(success)                                                                \
	ISSUE_RECORD("signin", "CreateOAuth2Token",                                                \
	    ISSUE_IAM_USER ",\"requestParameters\":{\"client_id\":"                                \
			   "\"arn:aws:signin:::devtools/same-device\"},\"responseElements\":null," \
			   "\"additionalEventData\":{\"success\":\"" success "\",\"grant_type\":"  \
			   "\"authorization_code\",\"signInSessionArn\":\"" ISSUE_SIGN_IN "\"}")

#endif

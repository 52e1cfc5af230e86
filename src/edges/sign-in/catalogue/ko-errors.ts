// The words of error pages and of what happens around a sign-in, in Korean.
import type { enErrors } from './en-errors.ts'

export const koErrors: { readonly [K in keyof typeof enErrors]: string } = {
  'error.request-malformed.title': '요청을 이해할 수 없습니다',
  'error.request-malformed.what': '일부가 빠졌거나 형식이 다릅니다. 이용하려던 앱에서 다시 시작하세요.',
  'error.sign-in-required.title': '먼저 로그인하세요',
  'error.sign-in-required.what': '로그인 상태가 아니거나 세션이 끝났습니다.',
  'error.not-permitted.title': '권한이 없습니다',
  'error.not-permitted.what': '이 계정에는 필요한 권한이 없습니다. 필요하다면 관리자에게 요청하세요.',
  'error.not-found.title': '페이지가 없습니다',
  'error.not-found.what': '주소가 잘못되었거나 오래된 주소입니다. 이용하려던 앱에서 다시 시작하세요.',
  'error.link-unknown.title': '사용할 수 없는 링크입니다',
  'error.link-unknown.what':
    '설정 링크는 하루 동안 한 번만 쓸 수 있습니다. 아직 설정하지 못했다면 게이트웨이를 다시 시작하세요. 새 링크가 출력됩니다.',
  'error.invitation-over.title': '사용할 수 없는 초대입니다',
  'error.invitation-over.what':
    '이미 사용했거나 취소되었거나 다시 보낸 초대이거나, 기한이 지난 초대입니다. 이미 가입했다면 로그인하고, 아니면 초대한 사람에게 새 초대를 요청하세요.',
  'error.registration-over.title': '사용할 수 없는 링크입니다',
  'error.registration-over.what':
    '한 시간 동안 한 번만 쓸 수 있는 링크입니다. 이미 계정을 만들었다면 로그인하고, 아니면 새 링크를 요청하세요.',
  'error.reset-over.title': '사용할 수 없는 링크입니다',
  'error.reset-over.what':
    '30분 동안 한 번만 쓸 수 있고 가장 최근 링크만 유효합니다. 로그인 화면의 ‘비밀번호 찾기’에서 새 링크를 요청하세요.',
  'error.connection-test-over.title': '끝난 테스트입니다',
  'error.connection-test-over.what':
    '테스트 링크는 한 브라우저에서 짧은 시간 동안만 쓸 수 있습니다. 연결을 테스트하는 사람이 새 링크를 만들 수 있습니다.',
  'error.domain-unknown.title': '없는 ID 도메인입니다',
  'error.domain-unknown.what':
    '주소에 있는 테넌시나 도메인이 존재하지 않습니다. 주소를 확인하거나 이용하려던 앱에서 시작하세요.',
  'error.journey-expired.title': '로그인 시간이 지났습니다',
  'error.journey-expired.what':
    '안전을 위해 로그인은 정해진 시간 안에 마쳐야 합니다. 이용하려던 앱에서 다시 시작하세요.',
  'error.journey-unknown.title': '이미 끝났거나 다른 브라우저의 로그인입니다',
  'error.journey-unknown.what':
    '로그인은 시작한 브라우저에서 한 번만 마칠 수 있습니다. 방금 로그인했다면 이미 완료된 것이고, 아니라면 이용하려던 앱에서 다시 시작하세요.',
  'error.changed-meanwhile.title': '그사이에 변경되었습니다',
  'error.changed-meanwhile.what': '다른 탭 등에서 먼저 변경되었습니다. 페이지를 새로 고쳐 확인한 뒤 다시 하세요.',
  'error.name-taken.title': '이미 사용 중인 이름입니다',
  'error.name-taken.what': '돌아가서 다른 이름을 선택하세요.',
  'error.not-empty.title': '비어 있지 않습니다',
  'error.not-empty.what': '먼저 비워 주십시오.',
  'error.precondition-failed.title': '다른 사람이 먼저 변경했습니다',
  'error.precondition-failed.what': '그사이 변경되었습니다. 다시 불러와 확인한 뒤 반복해 주십시오.',
  'error.media-type-unsupported.title': '지원하지 않는 콘텐츠 형식입니다',
  'error.media-type-unsupported.what': '문서에 나온 형식으로 보내 주십시오.',
  'error.method-not-allowed.title': '여기에서는 할 수 없는 요청입니다',
  'error.method-not-allowed.what': '이 주소는 다른 종류의 요청에 응답합니다.',
  'error.upstream-refused.title': 'ID 공급자의 응답을 거부했습니다',
  'error.upstream-refused.what':
    '계정을 보호하는 검사를 통과하지 못해 응답을 사용하지 않았습니다. 이용하려던 앱에서 다시 시작하고, 같은 문제가 계속되면 아래 사유 코드와 문의 번호를 관리자에게 알려 주세요.',
  'error.upstream-unreachable.title': 'ID 공급자에 연결할 수 없습니다',
  'error.upstream-unreachable.what': '일시적인 문제일 수 있습니다. 잠시 후 다시 시도하세요.',
  'error.saml-request-refused.title': '앱의 요청을 거부했습니다',
  'error.saml-request-refused.what':
    '앱이 신뢰할 수 없는 방식으로 로그인을 요청했습니다. 아래 사유 코드를 앱 관리자에게 알려 주세요.',
  'error.app-unknown.title': '등록되지 않은 앱입니다',
  'error.app-unknown.what': '앱의 주소를 확인하세요. 앱 관리자가 먼저 이곳에 등록해야 로그인할 수 있습니다.',
  'error.domain-inactive.title': '사용이 중지된 ID 도메인입니다',
  'error.domain-inactive.what': '관리자가 다시 활성화할 때까지 로그인할 수 없습니다.',
  'error.too-many-requests.title': '요청이 너무 많습니다',
  'error.too-many-requests.what': '잠시 기다린 뒤 페이지를 새로 고치세요.',
  'error.too-large.title': '요청이 너무 큽니다',
  'error.too-large.what': '이 크기의 요청은 받지 않습니다.',
  'error.config-invalid.title': '설정에 잘못된 곳이 있습니다',
  'error.config-invalid.what': '관리자가 설정을 바로잡아야 합니다.',
  'error.storage-unavailable.title': '지금은 저장할 수 없습니다',
  'error.storage-unavailable.what': '데이터 저장소가 변경을 받지 못하고 있습니다. 몇 분 후 다시 시도하세요.',
  'error.internal.title': '저희 쪽에서 문제가 발생했습니다',
  'error.internal.what':
    '변경된 것은 없습니다. 다시 시도하고, 같은 문제가 계속되면 아래 문의 번호를 관리자에게 알려 주세요.',
  'error.misdirected.title': '주소가 다릅니다',
  'error.misdirected.what': '이 게이트웨이는 다른 주소로 접속해야 합니다.',
  'error.misdirected.go': '{{address}} 주소로 이동',
  'error.other.title': '처리할 수 없습니다',
  'error.other.what':
    '이용하려던 앱에서 다시 시작하세요. 같은 문제가 계속되면 아래 사유 코드와 문의 번호를 관리자에게 알려 주세요.',

  'hint.time':
    '응답이 너무 오래되었거나 미래의 것입니다. 바로 다시 시도하고, 계속되면 두 시스템의 시각이 서로 다른 것입니다.',
  'hint.replayed': '페이지를 새로 고치는 등 이미 사용한 응답입니다. 이용하려던 앱에서 다시 시작하세요.',
  'hint.state':
    '이 브라우저에는 이 응답을 기다리는 로그인이 없습니다. 한 브라우저에서, 뒤로 가지 말고 다시 시작하세요.',
  'hint.cancelled': 'ID 공급자에서 로그인이 취소되거나 거부되었습니다.',
  'hint.account': '본인 확인은 되었지만 이곳의 계정과 연결하거나 새로 만들 수 없습니다. 관리자에게 문의하세요.',

  'account-link': '내 계정',
  'sign-out.title': '로그아웃할까요?',
  'sign-out.what': '이곳과, 이곳을 통해 연 앱에서 로그아웃됩니다.',
  'sign-out.what-app': '{{app}} 앱이 로그아웃을 요청했습니다. 이곳과, 이곳을 통해 연 다른 앱에서도 로그아웃됩니다.',
  'sign-out.yes': '로그아웃',
  'sign-out.no': '로그인 유지',
  'signed-out.title': '로그아웃되었습니다',
  'signed-out.what': '이제 창을 닫아도 됩니다.',
  'signed-out.partial': '다음 앱에는 알리지 못했습니다. 확실히 하려면 브라우저를 닫으세요.',
  'signed-out.again': '다시 로그인',
  'auto-post.title': '잠시만 기다리세요',
  'auto-post.what': '{{app}} 앱으로 이동하고 있습니다.',
  'auto-post.what-plain': '다음 단계로 이동하고 있습니다.',
  'auto-post.no-script': '이동하지 않으면 버튼을 누르세요.',

  'set-up.title': '게이트웨이 설정',
  'set-up.what': '첫 번째 관리자 계정을 만듭니다. 이 링크는 한 번만 쓸 수 있습니다.',
  'set-up.username': '사용자 이름',
  'set-up.email': '이메일',
  'set-up.password': '비밀번호',
  'set-up.repeat': '비밀번호 확인',
  'set-up.submit': '관리자 만들기',
  'set-up.done.title': '관리자 계정을 만들었습니다',
  'set-up.done.what': '이제 새 계정으로 로그인할 수 있습니다.',
  'set-up.username-malformed': '사용자 이름은 공백 없이 200자 이하여야 합니다.',
  'set-up.username-taken': '이미 사용 중인 사용자 이름입니다. 다른 이름을 입력하세요.',
}

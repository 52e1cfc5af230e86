// 스스로 계정을 만들고 주소를 확인하는 화면의 문구.
import type { enSelf } from './en-self.ts'

export const koSelf: { readonly [K in keyof typeof enSelf]: string } = {
  'register.title': '계정 만들기',
  'register.link': '계정 만들기',
  'register.what': '이메일 주소로 링크를 보냅니다. 링크를 열어 계속하십시오.',
  'register.only': '다음 도메인의 주소만 쓸 수 있습니다: {{domains}}.',
  'register.submit': '링크 보내기',
  'register.have-one': '계정이 있습니다: 로그인',
  'register.email-domain': '다음 도메인의 주소로만 계정을 만들 수 있습니다: {{domains}}.',
  'register.mailed.title': '메일을 확인하십시오',
  'register.mailed.what':
    '입력한 주소로 메일을 보냈습니다. 메일의 안내를 따라 계속하십시오. 몇 분 안에 오지 않으면 주소를 확인하고 다시 시도하십시오.',
  'register.account.title': '내 계정',
  'register.account.who': '{{email}} 주소가 확인되었습니다. 이 주소가 사용자 이름입니다.',
  'register.account.submit': '계정 만들기',
  'register.done.title': '계정이 만들어졌습니다',
  'register.done.what': '이제 {{username}}(으)로 로그인할 수 있습니다.',
  'email.title': '이메일 주소',
  'email.now': '현재 주소: {{email}}',
  'email.now-unverified': '확인되지 않은 현재 주소: {{email}}',
  'email.none': '등록된 주소가 없습니다.',
  'email.elsewhere': '{{idp}}에서도 주소를 관리합니다. 다음 로그인 때 그곳의 주소로 다시 바뀔 수 있습니다.',
  'email.new': '확인할 주소',
  'email.send': '코드 보내기',
  'email.sent': '{{email}} 주소로 코드를 보냈습니다. 10분 동안 유효합니다.',
  'email.code': '코드',
  'email.confirm': '확인',
  'email.other': '다른 주소 사용',
  'email.change': '변경',
  'email.verify': '주소 확인',
  'done.email-verified': '주소가 확인되었습니다.',
}

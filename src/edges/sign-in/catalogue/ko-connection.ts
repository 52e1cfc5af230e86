// 연결 시험의 문구.
import type { enConnection } from './en-connection.ts'

export const koConnection: { readonly [K in keyof typeof enConnection]: string } = {
  'test.title': '{{idp}} 연결 시험',
  'test.what':
    '{{by}} 관리자가 {{idp}} 연결 시험을 요청했습니다. 그곳에서 로그인하면 전달된 정보가 이 화면과 관리자에게 표시됩니다. 아무것도 만들어지지 않으며 이곳에는 로그인되지 않습니다.',
  'test.go': '{{idp}}(으)로 계속',
  'test.again': '다시 시험',
  'test.passed.title': '{{idp}} 연결이 정상입니다',
  'test.passed.what': '모든 검사를 통과했습니다. {{idp}} 로그인이 허용되었을 것입니다.',
  'test.failed.title': '{{idp}} 연결이 아직 되지 않습니다',
  'test.failed.what': '{{idp}} 로그인이 거부되었을 것입니다.',
  'test.reason': '사유',
  'test.detail': '상세',
  'test.checks': '검사',
  'test.ok': '통과',
  'test.not-ok': '실패',
  'test.expected': '기대한 값',
  'test.received': '받은 값',
  'test.account': '계정',
  'test.account.new': '새로 만들어질 계정',
  'test.account.existing': '기존 계정',
  'test.level': '보증 수준',
  'test.no-groups': '일치한 매핑 규칙이 없습니다.',
  'test.by-rule': '규칙 {{rule}}, 값 {{value}}',
  'test.unmatched': '어떤 규칙과도 일치하지 않은 값',
  'test.said': 'ID 공급자가 전달한 정보',
  'test.subject': '주체',
  'test.signed-in-at': '그곳에서 로그인한 시각',
}

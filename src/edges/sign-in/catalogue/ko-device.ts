// 기기 로그인 화면의 문구, 한국어.
import type { enDevice } from './en-device.ts'

type Keys = Exclude<keyof typeof enDevice, `${string}_one`>
export const koDevice: { readonly [K in Keys]: string } = {
  'device.title': '기기 로그인',
  'device.what': '기기나 프로그램에 표시된 코드를 입력하십시오.',
  'device.code': '코드',
  'device.submit': '계속',
  'device.missing': '먼저 코드를 입력하십시오.',
  'device.wrong': '그런 코드가 없습니다. 기기에 표시된 코드와 비교해 보십시오.',
  'device.expired': '코드가 만료되었습니다. 기기에서 다시 시작하십시오.',
  'device.used': '이미 사용된 코드입니다. 직접 사용하지 않았다면 기기에서 다시 시작하십시오.',
  'device.stale': '페이지가 너무 오래 열려 있었거나 다른 브라우저에서 열렸습니다. 양식을 다시 보내십시오.',
  'device.wait_other': '코드를 너무 많이 시도했습니다. {{count}}초 기다리십시오.',
  'device.confirm.title': '본인의 기기입니까?',
  'device.confirm.what': '{{app}}에서 귀하의 계정으로 로그인하려고 합니다. 기기에 이 코드가 표시되어야 합니다.',
  'device.confirm.from': '기기가 요청한 주소: {{address}}',
  'device.confirm.warning':
    '방금 직접 시작한 경우에만 계속하십시오. 다른 사람이 코드나 링크를 보냈다면 거부하십시오. 그 사람이 귀하의 계정으로 로그인하게 됩니다.',
  'device.confirm.yes': '예, 로그인합니다',
  'device.confirm.no': '거부',
  'device.allowed.title': '기기가 로그인되었습니다',
  'device.allowed.what': '{{app}}에서 자동으로 계속됩니다. 이 페이지를 닫아도 됩니다.',
  'device.denied.title': '거부됨',
  'device.denied.what': '기기가 로그인되지 않았습니다. 이 페이지를 닫아도 됩니다.',
}

"""How a member and a customer came together (add_way, WeCom's page 92114)."""

from scrm.core.records.field import Option

ADD_WAYS = (
    Option("0", "未知来源", "Unknown"),
    Option("1", "扫描二维码", "QR code"),
    Option("2", "搜索手机号", "Phone search"),
    Option("3", "名片分享", "Business card"),
    Option("4", "群聊", "Group chat"),
    Option("5", "手机通讯录", "Phone contacts"),
    Option("6", "微信联系人", "WeChat contact"),
    Option("7", "来自微信的好友申请", "WeChat friend request"),
    Option("8", "安装第三方应用时添加", "Third-party app service"),
    Option("9", "搜索邮箱", "E-mail search"),
    Option("10", "视频号添加", "WeChat Channels"),
    Option("11", "通过日程参与人添加", "Schedule participant"),
    Option("12", "通过会议参与人添加", "Meeting participant"),
    Option("13", "添加微信好友对应的企业微信", "WeCom of a WeChat friend"),
    Option("14", "通过智慧硬件专属客服添加", "Smart hardware service"),
    Option("15", "通过上门服务客服添加", "On-site service"),
    Option("16", "通过获客链接添加", "Acquisition link"),
    Option("17", "通过定制开发添加", "Custom development"),
    Option("18", "通过需求回复添加", "Demand reply"),
    Option("21", "通过第三方售前客服添加", "Third-party pre-sales"),
    Option("22", "通过可能的商务伙伴添加", "Possible partner"),
    Option("24", "通过接受微信账号收到的好友申请添加", "Accepted WeChat request"),
    Option("201", "内部成员共享", "Shared by a colleague"),
    Option("202", "管理员/负责人分配", "Assigned by a manager"),
)

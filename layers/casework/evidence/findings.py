"""What does not fit in a piece of evidence, and whether that was answered: codes as they are kept, with their words."""

from layers.registry.text import Text

FINDINGS = {
    "device_time_in_the_future": Text("设备时间晚于现在。", "The device's time lies in the future."),
    "file_time_in_the_future": Text("文件内时间晚于现在。", "The time in the file lies in the future."),
    "device_time_long_before_the_case": Text(
        "设备时间比发现时间早数日。", "The device's time lies days before the case was found."
    ),
    "file_time_long_before_the_case": Text(
        "文件内时间比发现时间早数日。", "The time in the file lies days before the case was found."
    ),
    "times_differ": Text(
        "设备时间与文件内时间相差五分钟以上。",
        "The device's time and the time in the file differ by more than five minutes.",
    ),
    "device_far_from_the_case": Text(
        "设备距案发位置 200 米以上。", "The device was more than 200 m from the case."
    ),
    "file_far_from_the_case": Text(
        "文件内位置距案发位置 200 米以上。", "The position in the file is more than 200 m from the case."
    ),
    "device_position_is_zero": Text(
        "设备给出的位置为 0, 0，不是有效位置。", "The device gave 0, 0 as its position, which is none."
    ),
    "file_position_is_zero": Text(
        "文件内位置为 0, 0，不是有效位置。", "The file gives 0, 0 as its position, which is none."
    ),
    "content_is_not_what_it_says": Text(
        "文件内容与其名称或证据种类不符。", "The content is not what the name or the kind says."
    ),
    "reduced_copy": Text(
        "手机压缩件，原件尚未上传。", "A copy made smaller by the phone; the original has not come yet."
    ),
    "file_without_time": Text("图片没有时间信息。", "The picture says no time."),
    "file_not_read": Text(
        "未读取文件自身记录的时间和位置。", "What the file itself says of its time and place was not read."
    ),
}


def finding_text(code: str) -> Text:
    return FINDINGS.get(code, Text(code, code))

"""The colour classes of region tokens: 256 colours that cover sRGB evenly in Lab.

Found once by k-means over sRGB in Lab, cells finer where colours are muted (weight 1 / (1 + (C /
60)^2) at chroma C), and kept as text: a checkpoint's classes must never change. The first is blank
paper, the second black.
"""

import numpy as np

PAPER = 0  # the class of regions that stay blank
_HEX = (
  'ffffff00000014181417172c1c301437111a19144e3d29165517141c4a1b1c3a343b16391c601a1c374720116c'
  '1a2e56583c10434c1c7b161e227a1920573f413e396e19394d175f7a321760184d9721142e1390245758496723'
  '25921f22506c20744b5d3e48724334537e1b5f533a705c203037862ea71a6a6d182a4482885119298842514164'
  '247368ab1e39c32b1431369f2e1ac3931b5dc11f2b2c598852576434bf1b864048b04c1667228a811d7729717e'
  'af195229d320936f1a586c5b669f1e27a757ec2515288f76353abe2772952fb74c2b9c6d707a4b7f92242a55b9'
  '7147823918eb35f218b86f18568565ae4d489e8e182dcd4c701eb8b25c3a2c67b7766b69eb2639ab445e986d4b'
  '32928d8a58742a79b48f67619121a5b02386938542e65c19e5215765976269a94c9a477d82bc212ff041378e9c'
  '9baa1e2dcc722ebd80637a8e3c47ea8d7f617a688c685caf6be624c5931dcd2b7d859c5785d321b97a472eb39a'
  '33ed5c3096b83863e86a8e8bea21792da5b5ea801ebe20ab8720e46977ade662462eec7634b1ad32c59c299bd1'
  'be9345338dd73878e7e4575e7bcb55bc766ac4b62473bb737b5dcfe8239da05cadb86f83ac4bb4af2bd1b5aa4c'
  'eca01f318eedb7cf27e483489386979df321e4537a90a1842abfce34f09377ab96ae8686bb98679075b66e93be'
  '32eaa471be9230b8daa8a67733d5bf85ec57a2bf689255e3eabe2232cfcbe67d6cc41fee33e9b638aaf1eb27c1'
  '80a1b3bfed28b1cc58d96a9474b1b4bf74ace6d62679e18a33c0f2c19f87e47e8aeca95782ee7d9994c09dc58b'
  '7c8fe4e726e2c1bb76e69c71e4bf5431d7f135f2d2e358bee5ee2673b7d077ccb99382e8bb8db5e46caf30e6ee'
  '35f2e8ba72e6bdef6772cfd477b8e977e8b98be9a5a5c9addd97a7c4a9b0e6bf7ae9a49490a8eab0e98bdd61e7'
  'b5adc6abbdc3cac79e6ed3efc68be1e4e86aba9ee2e5d87dc7c1b6eabf96e480dce998c0a4d1cfa0e8bd83efd6'
  'a5bfe77dedf0c6e8aedbed95a0d6ecedbcbee9a5e5cebceceed0bbabeee6ece8b0eabedfcbd2ece7ebd4d4eaeb'
  'ecdde5'
)


def colors() -> np.ndarray:
  """float32 [256, 3], sRGB in [0, 1]."""
  return np.frombuffer(bytes.fromhex(_HEX), np.uint8).reshape(-1, 3).astype(np.float32) / 255
